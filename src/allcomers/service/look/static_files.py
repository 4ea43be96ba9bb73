"""Front-end files: named by their content and compressed once collected; as they lie, before."""

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # the library has no types
    """`serve` collects at its start. Before that, as in tests, names are plain and WhiteNoise finds the files."""

    def url(self, name: str, force: bool = False) -> str:
        if not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        return str(super().url(name, force))
