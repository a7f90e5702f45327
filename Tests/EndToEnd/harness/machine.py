# SPDX-License-Identifier: MIT
"""An emulated computer with Debian in memory and its own kernel, for tests that a container's kernel does not allow.

It does not use KVM: emulation also works within a virtual machine. Boot and script take about a minute.
"""

import dataclasses
import os
import pathlib
import shutil
import subprocess

from . import box

CLOUD, STANDARD = "linux-image-cloud-amd64", "linux-image-amd64"  # the first one is small and has no sound
NEEDED = ["qemu-system-x86_64", "cpio", "zstd"]
UNIT = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /root/look.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
"""


def pack(directory, file, *without):
    """Appends a directory to the kernel's initial RAM disk; each part begins at a multiple of four bytes."""
    script = 'find . -xdev "$@" -print0 | cpio --null -o -H newc --quiet | zstd -3 -T2 -q'
    done = subprocess.run(["sh", "-c", script, "sh", *without], cwd=directory, stdout=file, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    file.truncate((file.tell() + 3) // 4 * 4)


@dataclasses.dataclass(frozen=True)
class Machine:
    """The parts of a machine beyond the tree of a box: Debian packages, qemu devices, and files in /root."""

    kernel: str = CLOUD
    packages: tuple = ()
    suite: str = box.SUITE
    devices: tuple = ()
    files: tuple = ()

    def tree(self):
        """Returns the Debian tree with the kernel, and the same as an initial RAM disk; both are made once."""
        missing = [name for name in NEEDED if not shutil.which(name)]
        if missing or os.uname().machine != "x86_64":
            raise box.CannotBoot(f"needs x86_64 and {', '.join(NEEDED)}; missing: {', '.join(missing)}")
        root = box.base("udev", self.kernel, *self.packages, suite=self.suite)
        packed = root.with_suffix(".cpio.zst")
        if not packed.exists():
            draft = packed.with_suffix(f".{os.getpid()}")
            with open(draft, "wb") as file:
                pack(root, file, "-path", "./boot", "-prune", "-o", "-path", "./dev", "-prune", "-o")
            draft.rename(packed)
        return root, packed

    def run(self, directory, package, script, timeout=400):
        """Boots, installs the package, runs a shell script as root, and powers off; returns the script's output."""
        root, packed = self.tree()
        more = pathlib.Path(directory) / "more"
        wants = more / "etc/systemd/system/graphical.target.wants"
        wants.mkdir(parents=True)
        (more / "dev").mkdir()
        (more / "root").mkdir(mode=0o700)
        shutil.copy(package, more / "root/package.deb")
        for file in self.files:
            shutil.copy(file, more / "root")
        (more / "root/look.sh").write_text(
            f"echo BEGIN\nexport DEBIAN_FRONTEND=noninteractive\ndpkg -i /root/package.deb\n{script}\necho END\npoweroff -ff\n")
        (more / "etc/systemd/system/look.service").write_text(UNIT)
        (wants / "look.service").symlink_to("/etc/systemd/system/look.service")
        memory = pathlib.Path(directory) / "memory"
        shutil.copy(packed, memory)
        with open(memory, "ab") as file:
            pack(more, file)
        image, = (root / "boot").glob("vmlinuz-*")
        done = subprocess.run(
            ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "2048", "-smp", "2", "-nographic",
             "-no-reboot", "-nic", "none", *self.devices, "-kernel", image, "-initrd", memory,
             # A login prompt would take the terminal from the script.
             "-append", "console=ttyS0 rdinit=/sbin/init quiet panic=-1 systemd.mask=serial-getty@ttyS0.service"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        memory.unlink()
        said = done.stdout.decode(errors="replace").replace("\r", "")
        assert "\nEND\n" in said, said[-4000:]
        return said.split("BEGIN\n", 1)[1].split("\nEND\n")[0]
