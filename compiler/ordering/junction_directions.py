"""Directions of gap junctions in an acyclic graph: up its levels, or none within one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int8, Int32
from ..graph import longest_path


@dataclass(frozen=True)
class JunctionDirections:
    """An acyclic graph and the directions of the junctions beside it.

    Invariant: the arcs and the junctions that conduct have no cycle together.

    Attributes:
        pre, post: (A,) acyclic arcs between nodes in [0, size).
        left, right: (J,) the nodes that junctions join.
        way: (J,) +1: it conducts left -> right, -1: right -> left, 0: neither.
    """

    size: int
    pre: Int32
    post: Int32
    left: Int32
    right: Int32
    way: Int8

    def conducting(self) -> tuple[Int32, Int32]:
        """(pre, post) of the arcs and of the junctions that conduct."""
        used, up = self.way != 0, self.way > 0
        tail = np.where(up, self.left, self.right)[used]
        head = np.where(up, self.right, self.left)[used]
        return np.concatenate([self.pre, tail]), np.concatenate([self.post, head])

    def among(self, live: Bool) -> JunctionDirections:
        """Let every junction between two different levels of live nodes (N,) conduct upward.

        A level is the longest path to it: none changes as a junction rises between two.
        """
        pre, post = self.conducting()
        inside = live[pre] & live[post]
        level = longest_path(pre[inside], post[inside], self.size)
        rises = np.sign(level[self.right] - level[self.left])
        free = (self.way == 0) & live[self.left] & live[self.right]
        return replace(self, way=np.where(free, rises, self.way).astype(np.int8))
