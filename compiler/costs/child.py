"""The process that times a generated module, as text for `python -c`."""

CHILD = """
import importlib.util
import json
import statistics
import sys
import time
import warnings

try:
    import torch
except ImportError:
    sys.exit(3)
import elegansc

path, forms, sizes, most = sys.argv[1], *map(json.loads, sys.argv[2:])
torch.set_num_threads(1)
torch.manual_seed(0)
warnings.simplefilter("error", elegansc.CompilerWarning)
spec = importlib.util.spec_from_file_location("generated", path)
module = sys.modules["generated"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
deep = [module.FEATURES] if hasattr(module, "FEATURES") else []


def timed(net, call, columns):
    inputs = torch.randn(columns, len(module.SENSORY), *deep)

    def steps(count):
        start = time.process_time()
        for _ in range(count):
            net.zero_grad()
            call(inputs).sum().backward()
        return (time.process_time() - start) / count

    steps(1)
    count = 1 + int(most / max(steps(1), 1e-6))
    return statistics.median(steps(count) for _ in range(5))


found = {}
for form in forms:
    net = module.Model()
    try:
        net = elegansc.native(net) if form == "native" else net
        for columns in sizes:
            call = net
            if form == "compiled":
                torch._dynamo.reset()
                call = torch.compile(net, fullgraph=True, dynamic=False)
            found.setdefault(form, []).append(timed(net, call, columns))
    except elegansc.CompilerWarning:  # there is no C compiler
        pass
print(json.dumps(found))
"""
