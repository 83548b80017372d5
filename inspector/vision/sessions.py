"""How ONNX Runtime runs a network on the cores that it shares with pages and other networks."""

from __future__ import annotations

from functools import cache

from onnxruntime import (
    OrtAllocatorType,
    OrtArenaCfg,
    OrtMemoryInfo,
    OrtMemType,
    SessionOptions,
    create_and_register_allocator,
)


def session_options(threads: int | None) -> SessionOptions:
    """Return the options of a session.

    Args:
        threads: Its threads; None takes as many as there are cores.
    """
    _share_memory()
    options = SessionOptions()
    options.intra_op_num_threads = threads or 0
    # Threads that wait for one another would spin: work for a core, and nothing comes of it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    return options


@cache
def _share_memory() -> None:
    """Let all networks of the process work in one memory, where each would keep its own.

    It grows in large pieces: grown by just what is asked for, it would fall to bits that fit no
    picture of another size.
    """
    memory = OrtMemoryInfo("Cpu", OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, OrtMemType.DEFAULT)
    create_and_register_allocator(memory, OrtArenaCfg({}))
