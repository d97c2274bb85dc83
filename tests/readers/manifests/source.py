"""Objects of Argo CD, written down about as briefly as they can be."""

from __future__ import annotations


def application(name: str, namespace: str, path: str) -> str:
    """An Application of a folder of this repo; what ``source`` has besides may follow."""
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{namespace: {namespace}}}
  source:
    repoURL: https://example.org/repo
    path: {path}
"""
