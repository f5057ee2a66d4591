"""A photo from a stranger: opened with care, drawn anew, and kept without anything but its picture.

What is stored is a JPEG that this program wrote: no place, no camera, no thumbnail of what was cut off, and nothing that
hides behind the picture.
"""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from pharmatrace.kernel.refusal import Refused

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_OCTETS = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2000
QUALITY = 82


def redrawn(octets: bytes) -> bytes:
    """The picture as a JPEG of at most 2000 pixels a side. Raises Refused: `photo_size`, `photo_pixels`,
    `photo_unreadable`."""
    if not 0 < len(octets) <= MOST_OCTETS:
        raise _refused("photo_size", "A photo has at most 10 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(octets)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise _refused("photo_pixels", "This picture has too many pixels.") from bomb
    except Refused:
        raise
    except Exception as fault:  # whatever a broken picture makes of the decoder
        raise _refused(
            "photo_unreadable", "This is not a JPEG, PNG or WebP picture, or it is damaged."
        ) from fault


def _drawn(octets: bytes) -> bytes:
    with Image.open(BytesIO(octets), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise _refused("photo_pixels", "This picture has too many pixels.")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG only: reads less than all of it
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture = upright.convert("RGBA")
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _refused(code: str, sentence: str) -> Refused:
    return Refused.one(code, sentence, field="photo")
