"""Files that are written whole or not at all."""

import os
import secrets
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write *content* to *path*; a reader sees the former file or the whole new one, never a part.

    A link is followed, the former file's permissions are kept, and what is no plain file (a pipe, a device) is written
    to as it is.

    Raises:
        OSError: If it cannot be written; the former file is left as it was.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    # the name's length must not depend on the target's: that may be as long as the file system allows
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        os.replace(beside, path)  # noqa: PTH105  # Path.replace says the same, with one object more
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
