"""The subject's own colour where it is partly transparent, so that no old background shines through its edge.

Two stages. At a small size, foreground and background are solved for together, coarse to fine, so that
colour flows from the opaque inside to the edge (Germer, Uelwer, Conrad and Harmeling, "Fast Multi-Level
Foreground Estimation", ICPR 2020; here every sweep is one set of array operations). At full size, and only in
the tiles that hold partly transparent pixels, both colours are corrected so that they compose to the picture
again (the correction of Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021, damped), which
brings back hairs that the small size lost.
"""

import cv2
import numpy as np

from lumiku.engine.shrink import shrink
from lumiku.engine.steps.tiles import Tile, enlarged, fraction, tiles_between
from lumiku.engine.steps.workers import map_threads
from lumiku.engine.types import F32, U8

# Colour error on composites (of 255) and time at a megapixel, rembg at 55.6: 384 px and ten sweeps
# at the small levels 11.97, 21 ms; 256 px 12.94, 15 ms; with four sweeps 13.46, 13 ms; 192 px 14.10, 11 ms.
_SOLVE_LONG_SIDE_PX = 256
# Alone, without the correction at full size: 19.8 and 4 ms; with 96 px 21.5, with 192 px 18.2 and 6 ms.
_ROUGH_LONG_SIDE_PX = 128
# Neighbours share colour: this much everywhere, and more where alpha changes. A tenth of the paper's weight
# was 16 % better on composites with known colour.
_SMOOTHNESS = 1e-5
_EDGE_SMOOTHNESS = 0.1
_SWEEPS_SMALL = 4
_SWEEPS = 2
_SMALL_PX = 32
# Keeps the full-size correction from amplifying noise where foreground and background both weigh one half.
_DAMPING = 0.1


def estimate_foreground(rgb: U8, alpha: U8) -> U8:
    """Estimate straight foreground colour in the band 0 < alpha < 255.

    Args:
        rgb: HxWx3 uint8, the picture.
        alpha: HxW uint8, its matte.

    Returns:
        HxWx3 uint8, a new array. Pixels with alpha 255 or 0 are those of `rgb`, exactly.
    """
    result = rgb.copy()
    tiles = list(tiles_between(alpha, 1, 254))
    if not tiles:
        return result
    full = alpha.shape[0], alpha.shape[1]
    foreground, background = _solve_small(rgb, alpha, _SOLVE_LONG_SIDE_PX)

    def correct(tile: Tile) -> None:
        tile_alpha = alpha[tile]
        share = fraction(cv2.merge((tile_alpha, tile_alpha, tile_alpha)))
        near = enlarged(foreground, tile, full)
        far = enlarged(background, tile, full)
        near += _correction(fraction(rgb[tile]), share, near, far)
        colour = np.asarray(cv2.convertScaleAbs(np.maximum(near, 0), alpha=255), np.uint8)
        cv2.copyTo(colour, cv2.inRange(tile_alpha, 1, 254), result[tile])

    map_threads(correct, tiles)
    return result


def rough_foreground(rgb: U8, alpha: U8) -> U8:
    """Estimate it from the small size alone: a third of the time, and half as near to the truth again.

    Args and returns are those of `estimate_foreground`.
    """
    result = rgb.copy()
    foreground, _ = _solve_small(rgb, alpha, _ROUGH_LONG_SIDE_PX)
    levels = cv2.convertScaleAbs(foreground, alpha=255)
    colour = cv2.resize(levels, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.copyTo(colour, cv2.inRange(alpha, 1, 254), result)
    return result


def _solve_small(rgb: U8, alpha: U8, long_side_px: int) -> tuple[F32, F32]:
    height, width = alpha.shape
    scale = min(1.0, long_side_px / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return solve_colours(fraction(shrink(rgb, *size)), fraction(shrink(alpha, *size)))


def _correction(rgb: F32, share: F32, near: F32, far: F32) -> F32:
    """What the foreground must gain so that both colours compose to the picture again, damped."""
    missing = rgb - far - share * (near - far)
    weight = share * share + (1 - share) * (1 - share) + _DAMPING
    return np.asarray(share * missing / weight, np.float32)


def solve_colours(rgb: F32, alpha: F32) -> tuple[F32, F32]:
    """Solve for foreground and background colour, coarse to fine.

    At each level every pixel minimises |alpha F + (1 - alpha) B - I|^2 plus the weighted squared distance to
    its four neighbours' colours, a 2x2 system solved in closed form for all pixels at once.

    Args:
        rgb: hxwx3 float32 in [0, 1].
        alpha: hxw float32 in [0, 1].

    Returns:
        Foreground and background, each hxwx3 float32 in [0, 1].
    """
    height, width = alpha.shape
    levels = max(1, int(np.ceil(np.log2(max(height, width)))))
    inside, outside = rgb[alpha > 0.9], rgb[alpha < 0.1]
    everywhere = rgb.reshape(-1, 3)
    foreground, background = (
        np.mean(part if part.size else everywhere, axis=0, dtype=np.float32).reshape(1, 1, 3)
        for part in (inside, outside)
    )
    for level in range(levels + 1):
        size = round(width ** (level / levels)), round(height ** (level / levels))
        foreground, background = _solve_level(
            _resized(rgb, size, cv2.INTER_AREA),
            _resized(alpha, size, cv2.INTER_AREA),
            _resized(foreground, size, cv2.INTER_LINEAR),
            _resized(background, size, cv2.INTER_LINEAR),
            sweeps=_SWEEPS_SMALL if max(size) <= _SMALL_PX else _SWEEPS,
        )
    return foreground, background


def _solve_level(rgb: F32, alpha: F32, foreground: F32, background: F32, sweeps: int) -> tuple[F32, F32]:
    # 2x3xhxw, foreground first: products with one plane of weights are then three times faster than on pixels
    # of three channels, and one call serves both colours.
    colours = np.ascontiguousarray(np.stack((foreground, background)).transpose(0, 3, 1, 2))
    weights = [_SMOOTHNESS + _EDGE_SMOOTHNESS * np.abs(alpha - side) for side in _sides(alpha)]
    tie = weights[0] + weights[1] + weights[2] + weights[3]
    shares = np.stack((alpha, 1 - alpha))[:, None]
    own = shares * shares + tie
    cross = shares[0] * shares[1]
    determinant = own[0] * own[1] - cross * cross
    to_own, to_other = own[::-1] / determinant, -cross / determinant
    wanted = np.ascontiguousarray(rgb.transpose(2, 0, 1)) * shares
    for _ in range(sweeps):
        right = wanted + _weighted(colours, weights)
        colours = np.clip(to_own * right + to_other * right[::-1], 0, 1)
    near, far = np.ascontiguousarray(colours.transpose(0, 2, 3, 1))
    return near, far


def _weighted(colours: F32, weights: list[F32]) -> F32:
    left, right, above, below = (side * weight for side, weight in zip(_sides(colours), weights, strict=True))
    total: F32 = left + right + above + below
    return total


def _sides(planes: F32) -> tuple[F32, F32, F32, F32]:
    """The neighbours to the left, right, above and below in ...xhxw; edges repeat."""
    height, width = planes.shape[-2:]
    padded = np.empty((*planes.shape[:-2], height + 2, width + 2), np.float32)  # np.pad: 19 us, here 3
    padded[..., 1:-1, 1:-1] = planes
    padded[..., 0, 1:-1], padded[..., -1, 1:-1] = planes[..., 0, :], planes[..., -1, :]
    padded[..., 1:-1, 0], padded[..., 1:-1, -1] = planes[..., 0], planes[..., -1]
    return padded[..., 1:-1, :-2], padded[..., 1:-1, 2:], padded[..., :-2, 1:-1], padded[..., 2:, 1:-1]


def _resized(values: F32, size: tuple[int, int], interpolation: int) -> F32:
    return np.asarray(cv2.resize(values, size, interpolation=interpolation), np.float32)
