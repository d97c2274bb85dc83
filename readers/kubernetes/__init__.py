"""What Kubernetes makes of a stack: workloads, effective environments, mounted files, services."""

from __future__ import annotations

from readers.kubernetes.cluster import Cluster
from readers.kubernetes.mounts import MountedFile
from readers.kubernetes.services import Port, Service
from readers.kubernetes.workloads import Container, Workload

__all__ = ["Cluster", "Container", "MountedFile", "Port", "Service", "Workload"]
