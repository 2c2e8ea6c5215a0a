"""The chart: every set of values is clean by Helm and Kubernetes, and says what the documentation promises."""

import re
import runpy
import subprocess
from collections import Counter
from ipaddress import ip_network
from pathlib import Path

import pytest
import yaml

from schemas.queue import QUEUE_NAMES
from settings.settings import _refuse_unknown
from tests.deploy.charts import CHART, DEFAULT, VALUES, manifests, pods, policies
from tests.deploy.tools import ROOT, module, passes, tool

KUBERNETES = "1.37"
SECRETS = {
    "PARTFLOW_API_TOKEN": {"api", "flower"},
    "OPENAI_API_KEY": {"api", "worker-assist"},
    "PARTFLOW_DATABASE_URL": {"api", "beat", "migrate", "workers"},
    "PARTFLOW_STORE_SECRET_KEY": {"api", "workers"},
}
"Which programs get which secret; `workers` are all of them."
PUBLIC = CHART / "ci" / "public-values.yaml"

every_set = pytest.mark.parametrize("values", VALUES, ids=lambda path: path.stem)


@every_set
def test_chart_is_clean_by_helm(values: Path) -> None:
    passes([tool("helm"), "lint", "--strict", "--quiet", str(CHART), "--values", str(values)])


def test_manifests_are_valid_by_the_strict_schemas_of_kubernetes(tmp_path: Path) -> None:
    words = (*module("kubernetes_validate"), "--strict", "--quiet", f"--kubernetes-version={KUBERNETES}")
    every = [each for values in VALUES for each in manifests(values)]
    own = {yaml.safe_dump(each) for each in every if each["apiVersion"].partition("/")[0] not in EXTENSIONS}
    file = tmp_path / "manifests.yaml"
    file.write_text("---\n".join(own))

    # Without a complaint, not even that there is no schema.
    assert passes([*words, str(file)]) == ""
    with pytest.raises(AssertionError, match="replicaz"):
        passes([*words, str(planted_mistake(tmp_path))])


def planted_mistake(folder: Path) -> Path:
    wrong = manifests(DEFAULT, "Deployment")[0]
    file = folder / "wrong.yaml"
    file.write_text(yaml.safe_dump({**wrong, "spec": {**wrong["spec"], "replicaz": 1}}))
    return file


EXTENSIONS = {"monitoring.coreos.com", "keda.sh"}
"Kinds that Kubernetes has no schema of."


@every_set
def test_every_pod_is_confined(values: Path) -> None:
    for name, spec in pods(values):
        (container,) = spec["containers"]
        assert spec["securityContext"]["runAsNonRoot"], name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert not spec["automountServiceAccountToken"], name
        assert container["resources"]["requests"].keys() >= {"cpu", "memory"}, name


@every_set
def test_programs_know_every_variable_that_they_are_given(values: Path) -> None:
    for _, spec in pods(values):
        _refuse_unknown({each["name"]: "" for each in spec["containers"][0]["env"]})
        # Kubernetes would add a variable for each Service, such as PARTS_API_PORT, or PARTFLOW_API_PORT.
        assert spec["enableServiceLinks"] is False


@every_set
def test_workers_take_from_all_queues(values: Path) -> None:
    commands = [spec["containers"][0]["command"] for name, spec in pods(values) if name.startswith("worker-")]
    taken = Counter(name for words in commands for name in words[words.index("-Q") + 1].split(","))

    assert taken == Counter(QUEUE_NAMES)


@every_set
def test_stopping_pod_has_time_to_hand_its_steps_back(values: Path) -> None:
    for _, spec in pods(values):
        given = {each["name"]: each.get("value") for each in spec["containers"][0]["env"]}
        assert spec["terminationGracePeriodSeconds"] >= int(given["PARTFLOW_ENGINE_STOP_SECONDS"]) + 10


@pytest.mark.parametrize("variable", SECRETS)
def test_secret_is_given_to_those_that_read_it(variable: str) -> None:
    names = {
        "workers" if name.startswith("worker-") and "workers" in SECRETS[variable] else name
        for name, spec in pods(PUBLIC)
        if variable in {each["name"] for each in spec["containers"][0]["env"]}
    }

    assert names == SECRETS[variable]


def test_only_fetch_workers_reach_the_internet() -> None:
    assert {name for name, policy in policies(DEFAULT).items() if internet(policy)} == {"worker-fetch"}


def test_model_is_asked_by_those_that_have_its_key() -> None:
    ports = {name: internet(policy) for name, policy in policies(PUBLIC).items() if internet(policy)}

    assert ports == {"worker-fetch": [80, 443], "worker-assist": [443], "api": [443]}


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "127.0.0.1"]
)
def test_nobody_reaches_a_private_address_by_way_of_the_internet(address: str) -> None:
    for policy in policies(PUBLIC).values():
        for block in blocks(policy):
            reached = ip_network(block["cidr"])
            left_out = [ip_network(each) for each in block.get("except", [])]
            there = ip_network(address)
            assert reached.version != 4 or any(there.subnet_of(each) for each in left_out if each.version == 4)  # type: ignore[arg-type]  # both are of version 4


def blocks(policy: dict[str, list[dict[str, list[dict[str, dict[str, str]]]]]]) -> list[dict[str, str]]:
    return [peer["ipBlock"] for rule in policy["egress"] for peer in rule["to"] if "ipBlock" in peer]


def internet(policy: dict[str, list[dict[str, list[dict[str, object]]]]]) -> list[object]:
    """Return the ports of the internet that a program may reach."""
    rules = [rule for rule in policy["egress"] if any("ipBlock" in peer for peer in rule["to"])]
    return [port["port"] for rule in rules for port in rule["ports"]]


def test_every_program_has_a_policy_of_its_own() -> None:
    assert policies(DEFAULT).keys() == {name for name, _ in pods(DEFAULT)}


def test_queues_scale_their_workers() -> None:
    scaled = manifests(CHART / "ci" / "queues-values.yaml", "ScaledObject")
    queues = [trigger["metadata"]["queueName"] for each in scaled for trigger in each["spec"]["triggers"]]

    assert sorted(queues) == sorted(QUEUE_NAMES)


def test_rule_of_alerts_is_the_file_of_alerts() -> None:
    (rule,) = manifests(PUBLIC, "PrometheusRule")

    assert rule["spec"] == yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())


def test_metrics_of_every_worker_are_asked_for() -> None:
    (monitor,) = manifests(PUBLIC, "PodMonitor")
    (chosen,) = monitor["spec"]["selector"]["matchExpressions"]
    workers = {name: spec["containers"][0] for name, spec in pods(PUBLIC) if name.startswith("worker-")}

    assert set(chosen["values"]) == set(workers) == set(policies(PUBLIC)) - {"api", "beat", "flower", "migrate"}
    for name, container in workers.items():
        (port,) = container["ports"]
        given = {each["name"]: each.get("value") for each in container["env"]}
        assert port["name"] == monitor["spec"]["podMetricsEndpoints"][0]["port"]
        assert given["PARTFLOW_METRICS_PORT"] == str(port["containerPort"])
        assert given["PROMETHEUS_MULTIPROC_DIR"] in {each["mountPath"] for each in container["volumeMounts"]}
        assert policies(PUBLIC)[name]["ingress"][0]["ports"] == [{"port": port["containerPort"]}]


def test_workers_of_those_who_do_not_watch_listen_nowhere() -> None:
    for name, spec in pods(DEFAULT):
        if name.startswith("worker-"):
            assert "ports" not in spec["containers"][0]
            assert policies(DEFAULT)[name]["ingress"] == []


def test_database_is_migrated_before_the_programs_start() -> None:
    hooks = {
        each["kind"]: int(each["metadata"]["annotations"]["helm.sh/hook-weight"])
        for each in manifests(CHART / "ci" / "small-values.yaml")
        if "helm.sh/hook" in each["metadata"].get("annotations", {})
    }

    assert hooks["Secret"] < hooks["Job"]
    assert [*pods(DEFAULT)][-1][1]["containers"][0]["command"][-1] == "partflow migrate && partflow queues declare"


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("graceSeconds=25", "at least 10 more than stopSeconds"),
        ("worker=1", "worker"),
        ("workers.vision.queues={photos}", "/workers/vision/queues/0"),
        ("settings.PARTFLOW_X=1", "/settings/PARTFLOW_X"),
        ("token.value=short", "/token/value"),
        ("token.existingSecret=", "token.existingSecret: name a Secret"),
        ("broker.url=redis://x", "/broker/url"),
    ],
)
def test_wrong_value_is_named(setting: str, complaint: str) -> None:
    words = [tool("helm"), "template", "parts", str(CHART), "--set", setting]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert complaint in done.stderr


def test_readme_is_what_the_script_prints() -> None:
    assert runpy.run_path(str(ROOT / "scripts" / "chart_readme.py"))["page"]() == (CHART / "README.md").read_text()


def test_documentation_lists_what_is_rendered() -> None:
    listed = dict(re.findall(r"^\| (\w+) \| (\d+) \|", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE))
    kinds = Counter(each["kind"] for each in manifests(DEFAULT))

    assert {kind: int(count) for kind, count in listed.items()} == kinds


def test_notes_lead_to_the_api() -> None:
    words = [tool("helm"), "install", "parts", str(CHART), "--dry-run=client"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert "port-forward service/parts-api 8080:80" in done.stdout, done.stderr
    assert "narrow networkPolicy.database.to" in done.stdout
