"""One Kafka node (KRaft, broker and controller in one) as an ordinary process, for tests and machines without Docker.

`python3 -m deploy.kafka.node` fetches the jars when they are missing. Only the standard library is used, so that this
runs before anything is installed.
"""

import base64
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).parent
_START_SECONDS = 120
_STOP_SECONDS = 30
# A single small node: quick to start and light; a long-running one may have the compiler that takes longer to warm up.
_JAVA = ("-Xmx512m", "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}")
_QUICK = ("-XX:TieredStopAtLevel=1",)


class NoKafka(RuntimeError):
    """The broker's jars cannot be had here, or there is no Java to run them."""


def jars() -> Path:
    """Return the directory of the broker's jars; fetch them when they are not there yet."""
    pom = _HERE / "pom.xml"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "caseledger" / "kafka"
    directory = cache / sha256(pom.read_bytes()).hexdigest()[:12]
    if directory.is_dir():
        return directory
    maven = shutil.which("mvn")
    if maven is None:
        raise NoKafka("the broker's jars were not fetched yet, and Maven (mvn) is not installed")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.is_dir():
            _fetch(maven, pom, directory)
    return directory


def _fetch(maven: str, pom: Path, directory: Path) -> None:
    """Fetch into a directory beside, so that half a set never looks like a whole one."""
    with tempfile.TemporaryDirectory(dir=directory.parent) as partial:
        target = Path(partial) / "jars"
        command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={target}"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode != 0:
            raise NoKafka(f"Maven could not fetch the broker's jars: {(done.stdout + done.stderr)[-2000:]}")
        target.rename(directory)


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Node:
    """A node whose files lie in `directory`; what it stored survives `stop`, `kill` and another `start`.

    `quick` compiles less thoroughly: good for tests, wrong for measuring. Ports that are not named are free ones.
    """

    def __init__(self, directory: Path, port: int = 0, controller: int = 0, *, quick: bool = False) -> None:
        java = shutil.which("java")
        if java is None:
            raise NoKafka("Java is not installed")
        self._directory, self._log = directory, directory / "log"
        self._java = [java, *_JAVA, *(_QUICK if quick else ()), "-cp", f"{jars()}/*"]
        self._process: subprocess.Popen[bytes] | None = None
        self._port, self._controller = port or free_port(), controller or free_port()
        self._configuration = directory / "server.properties"
        self.address = f"127.0.0.1:{self._port}"

    @property
    def command(self) -> list[str]:
        """What runs the node, once it is prepared."""
        return [*_end_with_parent(), *self._java, "kafka.Kafka", str(self._configuration)]

    def prepare(self) -> None:
        """Write what the node is told, and make its files, unless they are there."""
        data = self._directory / "data"
        self._directory.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text(_configuration(data, self._port, self._controller), encoding="ascii")
        if not (data / "meta.properties").exists():
            cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            # It may begin with a dash, so it does not stand alone as an argument.
            format_it = ("format", f"--cluster-id={cluster_id}", "-c", str(self._configuration))
            self._run_tool("kafka.tools.StorageTool", *format_it)

    def start(self) -> None:
        """Start, and return when clients may connect."""
        self.prepare()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log)  # noqa: S603
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Stop in order; kill what does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stand still until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _run_tool(self, *arguments: str) -> None:
        done = subprocess.run([*self._java, *arguments], check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode != 0:
            raise NoKafka(f"the node could not be made: {(done.stdout + done.stderr)[-2000:]}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        host, port = self.address.split(":")
        while True:
            with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
                return
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise NoKafka(f"the node did not start: {self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)


def _configuration(data: Path, port: int, controller: int) -> str:
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        # Topics are made by name, with their settings, and never by a typing error.
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        # A group of one need not wait for others before it begins.
        "group.initial.rebalance.delay.ms": 0,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _end_with_parent() -> list[str]:
    """A node must not outlive a run that was killed."""
    setpriv = shutil.which("setpriv") if sys.platform.startswith("linux") else None
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{jars()}\n")
    except NoKafka as reason:
        sys.exit(f"Apache Kafka: {reason}")
