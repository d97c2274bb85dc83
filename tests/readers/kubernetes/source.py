"""Resources of the hashicorp/kubernetes provider, written down about as briefly as in Terraform."""

from __future__ import annotations

from readers.account import Setting
from readers.kubernetes import Cluster, Container, MountedFile
from tfparse.cty.values import Part, Unknown, Value, boolean, number, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin
from tfparse.graph.model import Block, Body, IgnoredPath, Resource

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))
"""Why something cannot be known."""

Plain = Value | str | int | bool | dict[str, object] | list[object] | None


def text_of(setting: Setting | None) -> str | None:
    return None if setting is None else setting.text


def at(line: int) -> Origin:
    return Origin("main.tf", line)


def hidden() -> Value:
    """A value that cannot be known."""
    return unknown(HIDDEN.reason, HIDDEN.origin)


def partly(*pieces: str | Unknown) -> Value:
    """A string of known and unknown pieces."""
    return text(tuple(Part(piece, at(1)) for piece in pieces), at(1))


def opened(known: dict[str, object]) -> Value:
    """A map with known keys and perhaps others: ``merge({...}, var.hidden)``."""
    return object_({key: value_of(item) for key, item in known.items()}, at(1), rest=HIDDEN)


def value_of(plain: object, line: int = 1) -> Value:
    match plain:
        case Value():
            return plain
        case bool():
            return boolean(plain, at(line))
        case int():
            return number(plain, at(line))
        case str():
            return string(plain, at(line))
        case dict():
            return object_({key: value_of(item, line) for key, item in plain.items()}, at(line))
        case list():
            return tuple_(tuple(value_of(item, line) for item in plain), at(line))
    raise TypeError(plain)


def block(type: str, /, *nested: Block, line: int = 1, repeated: Unknown | None = None, **attributes: Plain) -> Block:
    """A nested block; ``repeated`` where it is a dynamic one of unknown ``for_each``."""
    values = {name: value_of(plain, line) for name, plain in attributes.items() if plain is not None}
    return Block(type, (), Body(values, nested, at(line)), at(line), repeated)


def resource(
    type: str, name: Plain, /, *nested: Block, namespace: Plain = "mail", line: int = 1, address: str = "it",
    mode: str = "managed", repeated: Unknown | None = None, ignore: tuple[tuple[str | int, ...], ...] = (),
    annotations: Plain = None, **attributes: Plain,
) -> Resource:  # fmt: skip
    metadata = block("metadata", line=line, name=name, namespace=namespace, annotations=annotations)
    body = block("resource", metadata, *nested, line=line, **attributes).body
    ignored = tuple(IgnoredPath(path, at(900 + index)) for index, path in enumerate(ignore))
    return Resource(f"{type}.{address}", mode, type, address, None, body, at(line), lambda: ignored, repeated)


# -- resources ------------------------------------------------------------------------------------


def deployment(
    name: Plain, *pod: Block, type: str = "kubernetes_deployment", labels: Plain = None, spec: tuple[Block, ...] = (),
    replicas: Plain = None, **more: object,
) -> Resource:  # fmt: skip
    """A deployment; ``pod`` stands in the pod's spec, ``spec`` beside the template."""
    template = block("template", block("metadata", labels=labels), block("spec", *pod))
    return resource(type, name, block("spec", *spec, template, line=7, replicas=replicas), **more)


def config_map(name: Plain, data: Plain = None, **more: object) -> Resource:
    return resource("kubernetes_config_map", name, data=data, **more)


def secret(name: Plain, data: Plain = None, **more: object) -> Resource:
    return resource("kubernetes_secret", name, data=data, **more)


def service(
    name: str, *ports: Block, annotations: Plain = None, namespace: Plain = "mail", **spec: Plain
) -> Resource:  # fmt: skip
    nested = block("spec", *ports, line=5, **spec)
    return resource("kubernetes_service", name, nested, annotations=annotations, namespace=namespace, address=name)


# -- blocks ---------------------------------------------------------------------------------------


def container(name: Plain, *nested: Block, type: str = "container", **more: object) -> Block:
    return block(type, *nested, name=name, **more)


def env(name: Plain, value: Plain = None, *nested: Block, **more: object) -> Block:
    return block("env", *nested, name=name, value=value, **more)


def env_from(kind: str, name: Plain, prefix: Plain = None, optional: Plain = None, **more: object) -> Block:
    return block("env_from", block(f"{kind}_ref", name=name, optional=optional), prefix=prefix, **more)


def key_of(kind: str, name: Plain, key: Plain, optional: Plain = None) -> Block:
    return block("value_from", block(f"{kind}_key_ref", name=name, key=key, optional=optional))


def mount(volume: Plain, path: Plain, sub_path: Plain = None, **more: object) -> Block:
    return block("volume_mount", name=volume, mount_path=path, sub_path=sub_path, **more)


def volume(name: Plain, *source: Block, **more: object) -> Block:
    return block("volume", *source, name=name, **more)


def port(number: Plain, name: Plain = None, **more: Plain) -> Block:
    return block("port", port=number, name=name, **more)


def the_container(*resources: Resource, named: str = "app") -> Container:
    """The container of the deployment named mail among the resources."""
    return Cluster(resources).deployment("mail").container(named)


# -- what several tests ask -----------------------------------------------------------------------

SETTINGS = config_map("settings", {"A": "mapped", "B": "b"}, line=20)


def variable(*parts: Block | Resource, name: str = "A", **more: object) -> Setting:
    """The variable in a container with these ``env`` and ``env_from`` blocks, beside these resources."""
    blocks = [part for part in parts if isinstance(part, Block)]
    resources = [part for part in parts if isinstance(part, Resource)]
    app = deployment("mail", container("app", *blocks), **more)
    return the_container(app, *resources).environment(name)


CONFIG = config_map("mail.config", {"main.cf": "a = 1\n", "KeyTable": "k\n", "aliases": "x\n"}, line=20)
KEYS = secret("mail.keys", {"example.org.key": "hush"}, line=30)
VOLUMES = (
    volume("config", block("config_map", name="mail.config")),
    volume("keys", block("secret", secret_name="mail.keys")),
    volume("data", block("persistent_volume_claim", claim_name="data")),
    volume("tmp", block("empty_dir")),
)


def app(*mounts: Block, volumes: tuple[Block, ...] = VOLUMES, resources: tuple[Resource, ...] = (CONFIG, KEYS),
        **more: object) -> Container:  # fmt: skip
    return the_container(deployment("mail", container("app", *mounts), *volumes, **more), *resources)


def paths(files: list[MountedFile]) -> list[str]:
    return [file.what for file in files]
