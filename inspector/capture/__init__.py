"""From files to captures: photos, video frames, EXIF. The room's door is `sources`.

sources   what lies in the paths given  → files → captures
photo     the bytes of one photo        → Capture
video     one video file                → a Capture every second
formats   what a file is, told by its first bytes
pixels    an encoded picture            → uint8 BGR pixels
exif      what the camera wrote down    → intrinsics, time
faults    every way a file can be unusable, in Danish and English
"""
