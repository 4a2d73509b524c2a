"""Checks the files that `pnpm onnx-cases files --out FOLDER` wrote, with Python's package onnx: `python3 check_files.py FOLDER`.

Every file goes through the full check and through strict shape inference with data propagation, in as far as the installed version knows
its operator set. Where the package has a reference evaluator (1.13 and newer), the file is run on all data sets and compared.
"""

import pathlib
import sys
from collections import Counter, defaultdict

import numpy
import onnx
from onnx import checker, numpy_helper, shape_inference

try:
    from onnx.reference import ReferenceEvaluator
except ImportError:
    ReferenceEvaluator = None

TOLERANCE = 1e-5


def tensor(path):
    return numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def check_shapes(model):
    """The inferred types of all values agree with the declared ones, and no output is without a type."""
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    known = {value.name for value in inferred.graph.value_info} | {value.name for value in inferred.graph.output}
    missing = [name for node in model.graph.node for name in node.output if name and name not in known]
    if missing:
        raise ValueError(f"no type inferred for {', '.join(missing)}")


def evaluator_errs(model):
    """Up to onnx 1.23 the evaluator takes the batch for the channels in LRN, and cuts kernels of grouped transposed convolutions wrongly."""
    def groups(node):
        return next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)
    return any(node.op_type == "LRN" or (node.op_type == "ConvTranspose" and groups(node) > 1) for node in model.graph.node)


def run(model, folder):
    """The largest absolute difference over the data sets."""
    evaluator = ReferenceEvaluator(model)
    names = [value.name for value in model.graph.input]
    worst = 0.0
    for data in sorted(folder.glob("test_data_set_*")):
        feeds = {name: tensor(data / f"input_{i}.pb") for i, name in enumerate(names)}
        for i, got in enumerate(evaluator.run(None, feeds)):
            expected = tensor(data / f"output_{i}.pb")
            if got.shape != expected.shape:
                raise ValueError(f"shape {got.shape} instead of {expected.shape}")
            worst = max(worst, float(numpy.max(numpy.abs(got.astype(numpy.float64) - expected), initial=0.0)))
    return worst


def main(root):
    newest = onnx.defs.onnx_opset_version()
    counts = defaultdict(Counter)
    worst = defaultdict(float)
    failures = []
    for path in sorted(pathlib.Path(root).glob("*/model.onnx")):
        folder = path.parent
        model = onnx.load(path)
        opset = next(entry.version for entry in model.opset_import if entry.domain == "")
        count = counts[opset]
        count["files"] += 1
        if opset > newest:
            count["not known"] += 1
            continue
        steps = [
            ("checked", lambda: checker.check_model(str(path), full_check=True)),
            ("inferred", lambda: check_shapes(model)),
        ]
        for name, step in steps:
            try:
                step()
                count[name] += 1
            except Exception as error:  # whatever the package throws is a failure of the file
                failures.append(f"{folder.name}: not {name}: {str(error).strip().splitlines()[0]}")
        if ReferenceEvaluator is None:
            continue
        if evaluator_errs(model):
            count["left out"] += 1
            continue
        try:
            difference = run(model, folder)
            worst[opset] = max(worst[opset], difference)
            if difference > TOLERANCE:
                raise ValueError(f"differs by {difference:.2e}")
            count["run"] += 1
        except Exception as error:
            failures.append(f"{folder.name}: not run: {str(error).strip().splitlines()[0]}")
    print(f"onnx {onnx.__version__}, newest operator set {newest}, numpy {numpy.__version__}")
    heads = ["files", "not known", "checked", "inferred", "run", "left out"]
    print("opset  " + "  ".join(f"{head:>9}" for head in heads) + "   largest difference")
    for opset, count in sorted(counts.items()):
        cells = "  ".join(f"{count[head]:>9}" for head in heads)
        print(f"{opset:>5}  {cells}   {worst[opset]:.2e}" if ReferenceEvaluator else f"{opset:>5}  {cells}   no evaluator")
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures or not counts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
