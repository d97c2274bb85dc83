from __future__ import annotations

import pytest

from readers import Malformed
from readers.kubernetes.images import parse_image

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8

# What github.com/distribution/reference makes of a reference: Domain, Path, Tag and Digest of ParseNormalizedNamed.


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        # Docker Hub is implied, and "library/" on it
        ("nginx", "docker.io", "library/nginx", None, None),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27", None),
        ("roundcube/roundcubemail:1.6-apache", "docker.io", "roundcube/roundcubemail", "1.6-apache", None),
        ("library/nginx", "docker.io", "library/nginx", None, None),
        ("docker.io/nginx", "docker.io", "library/nginx", None, None),
        ("docker.io/library/nginx", "docker.io", "library/nginx", None, None),
        ("index.docker.io/nginx:1", "docker.io", "library/nginx", "1", None),
        ("index.docker.io/roundcube/roundcubemail", "docker.io", "roundcube/roundcubemail", None, None),
        ("a/b/c", "docker.io", "a/b/c", None, None),
        # the first component is a registry if it looks like a host
        ("ghcr.io/owner/image:v1", "ghcr.io", "owner/image", "v1", None),
        ("localhost/image", "localhost", "image", None, None),
        ("LOCAL/image", "LOCAL", "image", None, None),
        ("Foo/bar", "Foo", "bar", None, None),
        ("registry:5000/image", "registry:5000", "image", None, None),
        ("192.168.0.1:5000/a/b:c", "192.168.0.1:5000", "a/b", "c", None),
        ("[2001:db8::1]:5000/image:tag", "[2001:db8::1]:5000", "image", "tag", None),
        ("[2001:db8::1]/image", "[2001:db8::1]", "image", None, None),
        ("xn--n3h.com/image", "xn--n3h.com", "image", None, None),
        # without a slash, what stands behind a colon is a tag
        ("registry:5000", "docker.io", "library/registry", "5000", None),
        ("localhost:5000", "docker.io", "library/localhost", "5000", None),
        ("example.com", "docker.io", "library/example.com", None, None),
        ("example.com:80", "docker.io", "library/example.com", "80", None),
        ("192.168.0.1", "docker.io", "library/192.168.0.1", None, None),
        # digests
        (f"nginx@{SHA256}", "docker.io", "library/nginx", None, SHA256),
        (f"registry:5000/image:tag@{SHA256}", "registry:5000", "image", "tag", SHA256),
        (f"nginx@{SHA512}", "docker.io", "library/nginx", None, SHA512),
        # separators within a component
        ("a_b__c-d---e/x", "docker.io", "a_b__c-d---e/x", None, None),
        ("nginx:_under.score-1", "docker.io", "library/nginx", "_under.score-1", None),
        ("nginx:LATEST", "docker.io", "library/nginx", "LATEST", None),
        ("nginx:" + "t" * 128, "docker.io", "library/nginx", "t" * 128, None),
        # 64 hexadecimal digits are an image's id, but with a registry they are a name
        ("docker.io/" + "1a" * 32, "docker.io", "library/" + "1a" * 32, None, None),
    ],
)
def test_references(text: str, registry: str, repository: str, tag: str | None, digest: str | None) -> None:
    read = parse_image(text)
    assert (read.registry, read.repository, read.tag, read.digest) == (registry, repository, tag, digest)


@pytest.mark.parametrize(
    "text",
    [
        # no name, no tag, no digest, two tags
        "",
        ":tag",
        f"@{SHA256}",
        "nginx:",
        "nginx@",
        "nginx:tag:tag",
        "nginx:a/b",
        "nginx:-tag",
        "nginx:t" + "t" * 128,
        # white space, other alphabets
        " nginx",
        "nginx ",
        "nginx\n",
        "münchen/image",
        "nginx:1\u0661",
        # upper case in a repository
        "Nginx",
        "Nginx:1",
        "a/Nginx",
        "docker.io/a/Nginx",
        "test:5000/Upper/lower",
        # separators where none may be
        "-nginx",
        "nginx-",
        "-a/b",
        "a-/b",
        "_a/b",
        "a..b/c",
        "a_.b/c",
        "a-.b/c",
        "a___b",
        "a//b",
        "a/",
        "/a",
        "a/$/b",
        # hosts
        "https://ghcr.io/owner/image",
        "[2001:db8::1]",
        "[2001:db8::1]:5000",
        "[fe80::1%eth0]/image",
        "a.org:port/b",
        # an image's id, a name that is too long
        "1a" * 32,
        "domain/" + "a" * 256,
        # digests that are too short or too long, in upper case, of an algorithm that is not registered
        "a@sha256:abc",
        f"a@{SHA256[:-1]}",
        f"a@{SHA256}0",
        f"a@{SHA512[:71]}",
        f"a@{SHA256.upper()}",
        "a@md5:" + "0" * 32,
    ],
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(Malformed, match="image reference: "):
        parse_image(text)
