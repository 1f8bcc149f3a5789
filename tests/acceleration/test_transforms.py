"""What torch makes of a network that is swept by C: transforms, compilers, processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
import torch
from support.paths import GENERATED
from support.swept import all_of, arguments, file_class, pair, toy_class
from torch import Tensor
from torch.autograd import forward_ad
from torch.func import functional_call, grad, hessian, jacrev, jvp, vmap
from torch.testing import assert_close

from elegansc.acceleration.operator import FORTH

DOUBLE = torch.float64
FORMS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "linear": {"features": 4, "unit": "linear"},
    "gated": {"features": 3, "merge": "gated"},
}
each_form = pytest.mark.parametrize("name", FORMS)


def made(name: str, dtype: torch.dtype = DOUBLE) -> tuple[Any, Any, Tensor]:
    """(plain, swept, inputs)."""
    kind = toy_class(**FORMS[name])
    return *pair(kind, dtype), arguments(kind, 5, dtype)[0].detach()


@each_form
def test_vmap(name: str) -> None:
    plain, swept, inputs = made(name)
    stacked = torch.stack([inputs, inputs + 0.1])
    assert_close(vmap(swept)(stacked), torch.stack([plain(x) for x in stacked]))


@each_form
def test_forward_mode(name: str) -> None:
    plain, swept, inputs = made(name)
    assert_close(jvp(swept, (inputs,), (inputs,)), jvp(plain, (inputs,), (inputs,)))
    with forward_ad.dual_level():
        moved = forward_ad.make_dual(inputs, inputs)
        found, wanted = (forward_ad.unpack_dual(net(moved)) for net in (swept, plain))
        assert_close(found.tangent, wanted.tangent)


@each_form
def test_a_gradient_of_the_gradient(name: str) -> None:
    plain, swept, inputs = made(name)
    found = []
    for net in (swept, plain):
        x = inputs.clone().requires_grad_()
        (slope,) = torch.autograd.grad(net(x).square().sum(), x, create_graph=True)
        wanted = [x, *net.parameters()]
        found.append(torch.autograd.grad(slope.square().sum(), wanted))
    assert_close(*found)


@each_form
def test_gradients_by_sample_and_by_function(name: str) -> None:
    plain, swept, inputs = made(name)

    def loss(net: Any, values: Any, x: Tensor) -> Tensor:
        return functional_call(net, values, (x[None],)).square().sum()  # type: ignore[no-any-return]

    values = dict(plain.named_parameters())
    found, wanted = (
        vmap(grad(lambda v, x, net=net: loss(net, v, x)), (None, 0))(values, inputs)
        for net in (swept, plain)
    )
    assert_close(found, wanted)


def test_jacobians_and_hessians() -> None:
    plain, swept, inputs = made("scalar")
    assert_close(jacrev(swept)(inputs), jacrev(plain)(inputs))
    found, wanted = (
        hessian(lambda x, net=net: net(x).square().sum())(inputs[:1])
        for net in (swept, plain)
    )
    assert_close(found, wanted)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_and_other_types_run_the_page(dtype: torch.dtype) -> None:
    plain, swept, inputs = made("scalar", torch.float32)
    with torch.autocast("cpu", dtype):
        assert torch.equal(swept(inputs), plain(inputs))
    assert torch.equal(swept.to(dtype)(inputs), plain.to(dtype)(inputs))


def test_by_hand_runs_the_page() -> None:
    plain, swept, inputs = made("scalar")
    alive = torch.ones(len(sys.modules[type(plain).__module__].NEURONS), dtype=DOUBLE)
    alive[2] = 0
    assert torch.equal(swept(inputs, alive=alive), plain(inputs, alive=alive))
    assert torch.equal(
        swept.activity(inputs, alive=alive), plain.activity(inputs, alive=alive)
    )
    assert_close(swept(inputs, alive=None), plain(inputs))


def test_export_and_trace_run_the_page() -> None:
    plain, swept, inputs = made("scalar", torch.float32)
    program = torch.export.export(swept, (inputs,))
    assert "elegansc" not in str(program.graph)
    assert_close(program.module()(inputs + 1), plain(inputs + 1))
    traced = torch.jit.trace(swept, (inputs,), check_trace=False)
    assert_close(traced(inputs + 1), plain(inputs + 1))


def test_modes_that_watch_every_operation_see_the_page() -> None:
    from torch.fx.experimental.proxy_tensor import make_fx

    plain, swept, inputs = made("scalar", torch.float32)
    with torch.no_grad():  # the page's own sweep can not be traced with gradients
        found = make_fx(swept)(inputs)
        assert_close(found(inputs + 1), plain(inputs + 1))


@pytest.mark.parametrize("options", [*FORMS.values(), {"feedback": "delay"}], ids=str)
def test_the_operator_is_one_of_pytorch(options: dict[str, Any]) -> None:
    kind = toy_class(**options)
    _, swept = pair(kind)
    given = arguments(kind, 5, torch.float32)
    swept(*given)
    inputs, past = (*given, None)[:2]
    for motors in (False, True):
        for keep in (True, False):
            tensors = [
                inputs,
                past,
                swept.gain,
                swept.bias,
                getattr(swept, "weight", None),
            ]
            if not keep:
                tensors = [each if each is None else each.detach() for each in tensors]
            call = (*tensors, swept.sweeper.key, motors, keep)
            found = torch.library.opcheck(FORTH, call)
            assert set(found.values()) == {"SUCCESS"}


@pytest.mark.slow
@pytest.mark.parametrize("options", [*FORMS.values(), {"feedback": "delay"}], ids=str)
def test_compiled_it_is_one_graph_with_the_same_values(options: dict[str, Any]) -> None:
    kind = toy_class(**options)
    plain, swept = pair(kind)
    compiled = torch.compile(swept, fullgraph=True)
    for batch in (5, 70, 130):
        given = arguments(kind, batch, torch.float32)
        outputs = compiled(*given)
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        loss = torch.stack([part.square().sum() for part in parts]).sum()
        found = torch.autograd.grad(loss, [*given, *swept.parameters()])
        wanted_outputs = plain(*given)
        parts = (
            wanted_outputs if isinstance(wanted_outputs, tuple) else (wanted_outputs,)
        )
        loss = torch.stack([part.square().sum() for part in parts]).sum()
        wanted = torch.autograd.grad(loss, [*given, *plain.parameters()])
        assert_close(outputs, wanted_outputs, rtol=1e-4, atol=1e-5)
        assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        assert_close(compiled(*given), plain(*given), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_a_compiled_vmap_runs_the_page() -> None:
    plain, swept, inputs = made("scalar", torch.float32)
    stacked = torch.stack([inputs, inputs + 0.1])
    found = torch.compile(vmap(swept), backend="aot_eager")(stacked)
    assert_close(found, vmap(plain)(stacked))


def test_two_threads_at_once() -> None:
    kind = file_class(GENERATED / "witvliet1.py")
    _, swept = pair(kind)
    given = arguments(kind, 200, torch.float32)
    wanted = all_of(swept, given, states=False)
    found: list[list[Tensor]] = []

    def work() -> None:
        for _ in range(5):
            found.append(all_of(swept, given, states=False))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 15
    for each in found:
        assert all(map(torch.equal, each, wanted))


PROCESS = """
import sys, torch
sys.path.insert(0, {folder!r})
import witvliet1, elegansc
from torch.utils.data import DataLoader, Dataset
torch.set_num_threads(2)
net = elegansc.native(witvliet1.Witvliet1())
inputs = torch.randn(300, len(witvliet1.SENSORY))
wanted = net(inputs)
{work}
print("equal")
"""
FORKED = """
class Outputs(Dataset):
    def __len__(self): return 2
    def __getitem__(self, k):
        torch.set_num_threads(2)
        return net(inputs).detach()
for found in DataLoader(Outputs(), num_workers=2, multiprocessing_context="fork"):
    assert torch.equal(found[0], wanted)
"""
OTHER_OPENMP = """
import ctypes, pathlib, subprocess, tempfile
folder = tempfile.mkdtemp()
text = '''#include <omp.h>
int threads(void) {
    int found = 0;
    #pragma omp parallel num_threads(2) reduction(+ : found)
    found += 1;
    return found;
}'''
pathlib.Path(folder, "other.c").write_text(text)
command = ["cc", "-fopenmp", "-shared", "-fPIC", f"{folder}/other.c", "-o", f"{folder}/o.so"]
subprocess.run(command, check=True)
other = ctypes.CDLL(f"{folder}/o.so", mode=ctypes.RTLD_GLOBAL)
assert other.threads() == 2
assert torch.equal(net(inputs), wanted)
assert other.threads() == 2
"""


@pytest.mark.parametrize("work", [FORKED, OTHER_OPENMP], ids=["forked", "other openmp"])
def test_processes_and_runtimes_of_others(work: str) -> None:
    code = PROCESS.format(folder=str(GENERATED), work=work)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "equal\n", done.stderr


def test_weights_that_are_not_contiguous() -> None:
    plain, swept, inputs = made("linear")
    values = dict(plain.named_parameters())
    weight = values["weight"].detach()
    turned = weight.transpose(1, 2).contiguous().transpose(1, 2)
    found = functional_call(swept, values | {"weight": turned}, (inputs,))
    assert_close(found, plain(inputs))
