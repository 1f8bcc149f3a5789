"""The pages of a generated module: what they read, and the contract of kernel and semantics."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jinja2.meta
import pytest
from jinja2 import nodes
from support import toy
from support.paths import ROOT

from elegansc.module.emit import environment, kernel_of, page_of
from elegansc.options import Options
from elegansc.semantics.registry import SEMANTICS as RECORDS
from elegansc.semantics.registry import semantics_of
from elegansc.semantics.wiring import wiring_of

TEMPLATES = ROOT / "templates"
PAGE = "module.py.jinja"
KERNELS = [f"kernels/{path.name}" for path in TEMPLATES.glob("kernels/*")]
SEMANTICS = [f"semantics/{path.name}" for path in TEMPLATES.glob("semantics/*")]
EXTENSIONS = [
    page for page in SEMANTICS if '{% extends "' in (TEMPLATES / page).read_text()
]
PAGES = [*(path.name for path in TEMPLATES.glob("*.jinja")), *KERNELS, *SEMANTICS]
CONTRACT = re.compile(r"^    (\w+)\((\w*)\) {2,}\w", re.MULTILINE)  # macro(argument)
CASES = {
    "acyclic": toy.ROLES,
    "tensor": replace(toy.ROLES, features=4, unit="linear", norm="layer"),
    "product": replace(toy.ROLES, features=4, merge="product", norm="layer"),
    "delay": replace(toy.ROLES, feedback="delay", merge="gated"),
}


def source(page: str) -> str:
    """The text of a page."""
    return (TEMPLATES / page).read_text()


def parsed(page: str) -> nodes.Template:
    """The syntax tree of a page."""
    return environment().parse(source(page))


def contract() -> dict[str, int]:
    """How many arguments each macro of a kernel takes, as the page's head says."""
    head = source(PAGE).split("#}")[0]
    return {name: int(bool(argument)) for name, argument in CONTRACT.findall(head)}


def blocks(page: str) -> dict[str, nodes.Block]:
    """The blocks of a page by name."""
    return {block.name: block for block in parsed(page).find_all(nodes.Block)}


def kernel_calls(node: nodes.Node) -> list[tuple[str, int]]:
    """(macro, arguments) of each call of the kernel's."""
    return sorted(
        (call.node.attr, len(call.args))
        for call in node.find_all(nodes.Call)
        if isinstance(call.node, nodes.Getattr)
        and call.node.node == nodes.Name("kernel", "load")
    )


def imported(page: str) -> set[str]:
    """The names under which a page imports others."""
    return {node.target for node in parsed(page).find_all(nodes.Import)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_one_view(page: str) -> None:
    names = jinja2.meta.find_undeclared_variables(parsed(page))
    parts = imported(PAGE) if blocks(page) else set()  # of the page, seen by its blocks
    assert names <= {"module"} | parts


def test_the_head_of_the_page_names_what_it_calls_of_a_kernel() -> None:
    assert len(contract()) == 7
    assert kernel_calls(parsed(PAGE)) == sorted(contract().items())


@pytest.mark.parametrize("page", KERNELS)
def test_a_kernel_has_the_macros_of_the_contract(page: str) -> None:
    macros = parsed(page).find_all(nodes.Macro)
    found = {macro.name: len(macro.args) for macro in macros}
    assert {name: found.get(name) for name in contract()} == contract()


def test_each_kernel_is_of_some_options() -> None:
    assert set(KERNELS) == {f"kernels/{kernel_of(o)}.jinja" for o in CASES.values()}


def test_there_is_a_page_for_each_semantics() -> None:
    assert set(SEMANTICS) == {f"semantics/{s.page}.jinja" for s in RECORDS.values()}


@pytest.mark.parametrize("page", EXTENSIONS)
def test_a_semantics_overrides_blocks_that_are_there(page: str) -> None:
    """Jinja drops without a word what stands in another block, or in none."""
    (parent,) = parsed(page).find_all(nodes.Extends)
    assert parent.template == nodes.Const(PAGE)
    assert blocks(page).keys() <= blocks(PAGE).keys()
    for node in parsed(page).body:
        blank = isinstance(node, nodes.Output) and all(
            isinstance(part, nodes.TemplateData) and part.data.isspace()
            for part in node.nodes
        )
        assert blank or isinstance(node, nodes.Extends | nodes.Block)


@pytest.mark.parametrize("page", EXTENSIONS)
def test_a_semantics_calls_what_the_blocks_call_that_it_overrides(page: str) -> None:
    for name, block in blocks(page).items():
        assert kernel_calls(block) == kernel_calls(blocks(PAGE)[name])


@pytest.mark.parametrize("options", CASES.values(), ids=CASES.keys())
def test_a_kernel_reads_of_the_page_what_its_contract_names(options: Options) -> None:
    macros = macros_of(options)
    above = {target for target in top_level(toy.source(options)) if target.isupper()}
    for text in (macros.layout(), macros.below()):
        above |= top_level(textwrap.dedent(text).encode())
    above |= {*vars(builtins), "torch", "nn", "math", "Tensor", "parts", "Any"}

    given = ("self", "far", "inputs", "bias", "hands")
    assert free(macros.sweep("self.gain"), *given) <= above
    slots = (
        f"        for name, indices in (\n{macros.slots('SYNAPSES')}\n        ): ..."
    )
    assert free(f"{macros.places('SYNAPSES')}\n{slots}", "self", "row") <= above


def macros_of(options: Options) -> Any:
    """The macros of a kernel, for the toy's page."""
    plan = toy.plan(toy.graph_options(options))
    held = semantics_of(options).parameters(wiring_of(plan), options)
    page = page_of(plan, options, "Toy", None, held)
    template = environment().get_template(f"kernels/{kernel_of(options)}.jinja")
    return template.make_module({"module": page})


def top_level(data: bytes) -> set[str]:
    """The names that a file of Python defines."""
    return {symbol.get_name() for symbol in table(data.decode()).get_symbols()}


def free(statements: str, *arguments: str) -> set[str]:
    """The global names that statements in a function of these arguments read."""
    body = textwrap.indent(textwrap.dedent(statements), "    ")
    function = table(f"def function({', '.join(arguments)}):\n{body}\n")
    return set(globals_in(function))


def globals_in(scope: symtable.SymbolTable) -> Iterator[str]:
    """The global names that a function and those in it read."""
    for inner in scope.get_children():
        yield from (s.get_name() for s in inner.get_symbols() if s.is_global())
        yield from globals_in(inner)


def table(code: str) -> symtable.SymbolTable:
    """The names of a piece of Python, by scope."""
    ast.parse(code)  # with a better message
    return symtable.symtable(code, "page", "exec")
