import cv2
import torch

from inspector.batch.work import ShippedModels
from tests.truth import SAMPLES


def test_the_shipped_models_take_one_core_of_a_worker():
    threads = torch.get_num_threads()
    try:
        reader = ShippedModels().load()
        assert torch.get_num_threads() == 1
        for network in (reader.detector._shelf, reader.detector._surroundings):
            network.look(cv2.imread(str(SAMPLES / "no-scale.jpg")), 320)
            session = network._model.predictor.model.backend.session
            assert session.get_session_options().intra_op_num_threads == 1
        assert reader.text_reader._readers.qsize() == 1
    finally:
        torch.set_num_threads(threads)
