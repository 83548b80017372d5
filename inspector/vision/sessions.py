"""How ONNX Runtime runs a network on the cores that it shares with pages and other networks."""

from __future__ import annotations

from onnxruntime import SessionOptions


def session_options(threads: int | None) -> SessionOptions:
    """Return the options of a session.

    Args:
        threads: Its threads; None takes as many as there are cores.
    """
    options = SessionOptions()
    options.intra_op_num_threads = threads or 0
    # Threads that wait for one another would spin: work for a core, and nothing comes of it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
