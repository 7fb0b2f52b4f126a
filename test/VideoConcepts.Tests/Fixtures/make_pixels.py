"""Writes the pictures in pixels/: what the Python Imaging Library makes of one source picture.

    /usr/bin/python3 make_pixels.py        (numpy, Pillow; written with Pillow 9.4)

A file name carries the parameters; the tests repeat them. Pictures are PPM, so that no decoder stands between.

cmyk.jpg is not among them: 16×16 pixels by tjCompress2 of libturbojpeg from TJPF_CMYK.
"""
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

HERE = Path(__file__).parent / "pixels"


def source(width, height):
    """Smooth colour ramps, saturated patches, greys and noise: every branch of a hue conversion."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width]
    picture = np.stack([255 * x / (width - 1), 255 * y / (height - 1), 128 + 127 * np.sin(x / 5 + y / 3)], axis=2)
    half = height // 2
    picture[half:, : width // 3] = rng.integers(0, 256, picture[half:, : width // 3].shape)
    patch = picture[: half // 2, : width // 4]
    patch[:] = rng.integers(0, 2, patch.shape) * 255
    # Multiples of 17: colours whose hue or saturation is a whole step, where rounding decides.
    patch = picture[half:, -width // 4 :]
    patch[:] = rng.integers(0, 16, patch.shape) * 17
    picture[-4:, :, :] = np.linspace(0, 255, width)[None, :, None]
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def hue(image, factor):
    """As torchvision.transforms.functional.adjust_hue does with PIL pictures."""
    h, s, v = image.convert("HSV").split()
    shifted = np.array(h, dtype=np.uint8) + np.array(int(factor * 255) % 256, dtype=np.uint8)
    return Image.merge("HSV", (Image.fromarray(shifted, "L"), s, v)).convert("RGB")


def main():
    HERE.mkdir(exist_ok=True)
    image = source(61, 47)
    image.save(HERE / "source.ppm")
    filters = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
    cases = [(0, 0, 61, 47, 20, 16), (3, 5, 40, 30, 17, 23), (7, 2, 54, 45, 48, 40), (20, 10, 21, 17, 40, 33), (50, 40, 11, 7, 5, 3), (0, 0, 61, 47, 61, 47)]
    for x, y, w, h, width, height in cases:
        for name, kind in filters.items():
            crop = image.crop((x, y, x + w, y + h)).resize((width, height), kind)
            crop.save(HERE / f"{name}_{x}_{y}_{w}_{h}_to_{width}_{height}.ppm")
    for name, enhance in (("brightness", ImageEnhance.Brightness), ("contrast", ImageEnhance.Contrast), ("saturation", ImageEnhance.Color)):
        for factor in (0.55, 1.45):
            enhance(image).enhance(factor).save(HERE / f"{name}_{factor}.ppm")
    for factor in (-0.25, -0.1, 0.0, 0.2):
        hue(image, factor).save(HERE / f"hue_{factor}.ppm")
    steps = hue(ImageEnhance.Contrast(ImageEnhance.Color(ImageEnhance.Brightness(image).enhance(1.3)).enhance(0.7)).enhance(1.4), -0.15)
    steps.save(HERE / "brightness_1.3_saturation_0.7_contrast_1.4_hue_-0.15.ppm")
    smooth = source(128, 96).resize((96, 72), Image.BILINEAR)
    smooth.save(HERE / "frame.jpg", quality=90)
    smooth.convert("L").save(HERE / "grey.jpg", quality=90)
    smooth.save(HERE / "progressive.jpg", quality=90, progressive=True)
    Image.open(HERE / "frame.jpg").convert("RGB").save(HERE / "frame.ppm")


if __name__ == "__main__":
    main()
