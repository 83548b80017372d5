"""Makes the line reader narrow: fewer features within its blocks, and fewer columns.

Each block of the wide network widens what goes in, lets a GELU pass over it, and sums it up again.
Of the features between, those are kept that tell most of the sum, and the sum is fitted anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.nn.functional import gelu

HIDDEN = {192: 128, 384: 192, 768: 384}
"""How many features of a block are kept, by how many it has."""

EVERY_OTHER_FROM = "Conv/27"
"""From this layer on it looks at every other column. What it says has as many steps as before."""

PLACES = 4000
"""So many places of each batch tell which features to keep."""


def narrow(body: GraphModule) -> None:
    """Give a network narrow blocks, of which the weights are chance."""
    for widening, summing in _blocks(body):
        count = HIDDEN[widening.out_channels]
        _put(body, widening, nn.Conv2d(widening.in_channels, count, 1))
        _put(body, summing, nn.Conv2d(count, summing.out_channels, 1))
    body.get_submodule(EVERY_OTHER_FROM).stride = (1, 2)
    (pool,) = (layer for layer in body.modules() if isinstance(layer, nn.AvgPool2d))
    pool.kernel_size = pool.stride = [3, 1]


@torch.no_grad()
def take_from_wide(narrow_body: GraphModule, wide: GraphModule, pictures: Sequence[Tensor]) -> None:
    """Give a narrow network what a wide one knows.

    Args:
        narrow_body: The narrow network.
        wide: The wide network.
        pictures: Batches that the wide one looks at, each (n, 3, height, width), from -1 to 1.
    """
    own = narrow_body.state_dict()
    shared = {k: v for k, v in wide.state_dict().items() if k in own and v.shape == own[k].shape}
    narrow_body.load_state_dict(own | shared)
    hidden = _hidden_features(wide, pictures)
    for of_wide, of_narrow in zip(_blocks(wide), _blocks(narrow_body), strict=True):
        (widening, summing), (few, few_summed) = of_wide, of_narrow
        features = torch.cat(hidden[summing]).double()
        sums = features @ summing.weight[:, :, 0, 0].double().T
        mean, mean_sum = features.mean(dim=0), sums.mean(dim=0)
        features, sums = features - mean, sums - mean_sum
        kept = most_telling(features, sums, few.out_channels)
        weights = torch.linalg.lstsq(features[:, kept], sums).solution
        few.weight.copy_(widening.weight[kept])
        few.bias.copy_(widening.bias[kept])
        few_summed.weight.copy_(weights.T[:, :, None, None])
        few_summed.bias.copy_(summing.bias + mean_sum - mean[kept] @ weights)


def most_telling(features: Tensor, sums: Tensor, count: int) -> list[int]:
    """Choose features, one by one, from which sums can be told best.

    Args:
        features: Shape (places, features), of mean zero.
        sums: Shape (places, sums), of mean zero.
        count: So many are chosen.

    Returns:
        Their places among all, rising.
    """
    shared, with_sums = features.T @ features, features.T @ sums
    kept: list[int] = []
    for _ in range(count):
        left = shared.diagonal().clamp_min(1e-9)
        gain = (with_sums**2).sum(dim=1) / left
        gain[kept] = -1.0
        best = int(gain.argmax())
        kept.append(best)
        # What the chosen one tells is taken from the others.
        along, told = shared[:, best] / left[best].sqrt(), with_sums[best] / left[best].sqrt()
        with_sums = with_sums - along[:, None] * told
        shared = shared - along[:, None] * along
    return sorted(kept)


def _hidden_features(
    body: GraphModule, pictures: Sequence[Tensor]
) -> Mapping[nn.Module, Sequence[Tensor]]:
    """Return what goes into the sum of each block at places by chance, (places, features) each."""
    seen: dict[nn.Module, list[Tensor]] = {summing: [] for _, summing in _blocks(body)}

    def keep(layer: nn.Module, shown: tuple[Tensor]) -> None:
        features = shown[0].movedim(1, 3).flatten(0, 2)
        seen[layer].append(features[torch.randperm(len(features))[:PLACES]])

    hooks = [layer.register_forward_pre_hook(keep) for layer in seen]
    for batch in pictures:
        body(batch)
    for hook in hooks:
        hook.remove()
    return seen


def _blocks(body: GraphModule) -> Iterator[tuple[nn.Conv2d, nn.Conv2d]]:
    """Yield the layers before and behind each GELU."""
    for node in list(body.graph.nodes):
        if node.target is gelu:
            (behind,) = node.users
            yield body.get_submodule(node.args[0].target), body.get_submodule(behind.target)


def _put(body: GraphModule, layer: nn.Module, in_its_place: nn.Module) -> None:
    (name,) = (name for name, other in body.named_modules() if other is layer)
    body.add_module(name, in_its_place)
