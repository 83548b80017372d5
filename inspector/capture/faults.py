"""Every way in which a file can be unusable, with its sentence in Danish and English."""

from __future__ import annotations

from enum import StrEnum

from inspector.errors import CaptureError


class Fault(StrEnum):
    """Why a file, or the rest of a video, gives no capture."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    IS_FOLDER = "is_folder"
    NO_SOURCES = "no_sources"
    EMPTY = "empty"
    NOT_A_PHOTO = "not_a_photo"
    IS_VIDEO = "is_video"
    BROKEN = "broken"
    UNUSUAL_PIXELS = "unusual_pixels"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    VIDEO_BROKEN = "video_broken"
    VIDEO_BREAKS_OFF = "video_breaks_off"


_FORMATS = "JPEG, PNG, WebP, HEIC, TIFF {} GIF"

_SENTENCES: dict[Fault, dict[str, str]] = {
    Fault.MISSING: {
        "da": "{where} findes ikke. Angiv en fil eller mappe, der findes; kontrollér stavningen.",
        "en": "{where} does not exist. Give an existing file or folder; check the spelling.",
    },
    Fault.UNREADABLE: {
        "da": "{where} kan ikke læses ({cause}). "
        "Giv læseadgang til filen eller mappen, eller kopiér den til en mappe med adgang.",
        "en": "{where} cannot be read ({cause}). "
        "Allow reading of the file or folder, or copy it to a folder that may be read.",
    },
    Fault.IS_FOLDER: {
        "da": "{where} er en mappe, men her skal der angives én fil. Vælg et foto i mappen.",
        "en": "{where} is a folder, but one file is expected here. Choose a photo in the folder.",
    },
    Fault.NO_SOURCES: {
        "da": "Mappen {where} indeholder hverken fotos eller videoer. "
        "Angiv en mappe med fotos i formatet " + _FORMATS.format("eller") + ".",
        "en": "The folder {where} holds neither photos nor videos. "
        "Give a folder with photos as " + _FORMATS.format("or") + ".",
    },
    Fault.EMPTY: {
        "da": "{where} er tom (0 byte). Overfør filen igen, eller tag et nyt foto.",
        "en": "{where} is empty (0 bytes). Transfer the file again, or take a new photo.",
    },
    Fault.NOT_A_PHOTO: {
        "da": "{where} er ikke et foto i et format, som kan læses. "
        "Gem det som " + _FORMATS.format("eller") + ", eller tag et nyt foto.",
        "en": "{where} is not a photo in a format that can be read. "
        "Save it as " + _FORMATS.format("or") + ", or take a new photo.",
    },
    Fault.IS_VIDEO: {
        "da": "{where} er en video, og her læses kun fotos. "
        "Tag et foto af reolen, eller gem et billede fra videoen.",
        "en": "{where} is a video, and only photos are read here. "
        "Take a photo of the fixture, or save a frame of the video.",
    },
    Fault.BROKEN: {
        "da": "{where} er et foto i formatet {format}, men filen er beskadiget eller ikke "
        "overført helt. Overfør filen igen, eller tag et nyt foto.",
        "en": "{where} is a {format} photo, but the file is damaged or was not transferred "
        "completely. Transfer the file again, or take a new photo.",
    },
    Fault.UNUSUAL_PIXELS: {
        "da": "{where} har en pixeltype, som fotos ikke har ({mode}). "
        "Gem det som et almindeligt foto med 8 eller 16 bit pr. farve.",
        "en": "{where} has a pixel type that photos do not have ({mode}). "
        "Save it as an ordinary photo with 8 or 16 bits per colour.",
    },
    Fault.TOO_LARGE: {
        "da": "{where} er for stor ({size}); grænsen er {limit} megapixel. "
        "Gem fotoet i en mindre størrelse.",
        "en": "{where} is too large ({size}); the limit is {limit} megapixels. "
        "Save the photo at a smaller size.",
    },
    Fault.TOO_SMALL: {
        "da": "{where} er for lille ({size}); den korte side skal være på mindst {limit} pixel. "
        "Brug det oprindelige foto og ikke en miniature.",
        "en": "{where} is too small ({size}); the short side needs at least {limit} pixels. "
        "Use the original photo, not a thumbnail.",
    },
    Fault.VIDEO_BROKEN: {
        "da": "{where} er ikke en video, som kan afspilles. "
        "Overfør filen igen, eller gem den som MP4.",
        "en": "{where} is not a video that can be played. "
        "Transfer the file again, or save it as MP4.",
    },
    Fault.VIDEO_BREAKS_OFF: {
        "da": "{where} bryder af efter {read} af {declared} billeder; resten er ikke kontrolleret. "
        "Overfør filen igen, eller optag den manglende del.",
        "en": "{where} breaks off after {read} of {declared} frames; the rest was not inspected. "
        "Transfer the file again, or record the missing part.",
    },
}


class UnusableFileError(CaptureError):
    """A file gives no capture; told in Danish and English.

    Attributes:
        fault: What is wrong.
        message: The sentence for people by language, `da` and `en`. `str(error)` is the English.
    """

    def __init__(
        self, fault: Fault, where: object, values: dict[str, object] | None = None
    ) -> None:
        # All arguments reach the base class, so that the error survives a trip between processes.
        super().__init__(fault, where, values)
        self.fault = fault
        self.message = {
            language: sentence.format(where=where, **(values or {}))
            for language, sentence in _SENTENCES[fault].items()
        }

    def __str__(self) -> str:
        return self.message["en"]
