"""JSON Schemas in the form that kubeconform reads, each file whole in itself. Called by tests/tools.

schemas.py kinds TARGET FOLDER   of Kubernetes' own kinds, from the schemas in kubernetes-validate
schemas.py crds TARGET FILE...   of CustomResourceDefinitions
"""

import json
import pathlib
import sys

import yaml


def references(schema):
    """The names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        for one in schema:
            yield from references(one)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rsplit("/", 1)[1]
            else:
                yield from references(value)


def inward(schema):
    """A schema whose references are to its own definitions."""
    if isinstance(schema, list):
        return [inward(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: "#/definitions/" + value.rsplit("/", 1)[1] if key == "$ref" and isinstance(value, str) else inward(value)
        for key, value in schema.items()
    }


def kinds(target, folder):
    folder = pathlib.Path(folder)
    shared = json.loads((folder / "_definitions.json").read_text())
    # The older ones are of an older draft.
    definitions = shared.get("$defs") or shared["definitions"]
    for file in sorted(folder.glob("*-*.json")):
        schema = json.loads(file.read_text())
        if "enum" not in schema.get("properties", {}).get("kind", {}):
            continue
        needed, found = list(references(schema)), {}
        while needed:
            name = needed.pop()
            if name not in found:
                found[name] = inward(definitions[name])
                needed.extend(references(definitions[name]))
        whole = inward(schema) | {"definitions": found}
        # Where it once stood on the web, against which references would be looked up.
        whole.pop("$id", None)
        (target / file.name).write_text(json.dumps(whole))


def closed(schema):
    """A key that is not defined is a fault, as it is in Kubernetes' own kinds."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" and not is_open:
        schema["additionalProperties"] = False
    if schema.pop("x-kubernetes-int-or-string", False):
        schema.pop("type", None)
        schema.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    return schema


def crds(target, *files):
    for file in files:
        crd = yaml.safe_load(pathlib.Path(file).read_text())["spec"]
        for version in crd["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object", "required": ["name"]}
            name = "-".join([crd["names"]["kind"].lower(), crd["group"].split(".")[0], version["name"]])
            (target / f"{name}.json").write_text(json.dumps(schema))


what, folder, *sources = sys.argv[1:]
{"kinds": kinds, "crds": crds}[what](pathlib.Path(folder), *sources)
