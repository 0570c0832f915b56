"""Unpacks a wheel, and the archives in it, into a folder. Owners stored in archives are ignored."""
import os
import pathlib
import sys
import tarfile
import zipfile

wheel, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder)
for path in list(folder.rglob("*.tar.gz")):
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "tar_filter"):
            archive.extraction_filter = staticmethod(tarfile.tar_filter)
        members = archive.getmembers()
        for member in members:
            member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        archive.extractall(path.parent, members)
    path.unlink()
