"""The process that trains with PyTorch, eagerly and with the defaults of torch.nn and torch.optim.

pytorch.py --describe                                          what decides the speed, as a line of JSON
pytorch.py WORK_FILE OPTIMIZER LEARNING_RATE THREADS           waits for blocks, a line of JSON each
"""

import json
import re
import struct
import sys
import time

import torch

DTYPES = {"U8": torch.uint8, "I32": torch.int32, "F32": torch.float32}


def blas():
    """The library that multiplies matrices: a BLAS that is loaded at run time is not in torch's own description."""
    torch.mm(torch.ones(256, 256), torch.ones(256, 256))
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1].rsplit("/", 1)[-1] for line in maps if ".so" in line}
    except OSError:
        files = set()
    for kind in ("mkl", "openblas", "blis", "libblas"):
        found = sorted(file for file in files if kind in file and "mkldnn" not in file)
        if found:
            return found[0]
    match = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return match.group(1) if match else "unknown"


def describe():
    config = torch.__config__.show()

    def first(pattern):
        match = re.search(pattern, config)
        return match.group(1) if match else None

    return {
        "torch": torch.__version__,
        "python": sys.version.split()[0],
        "mkldnn": torch.backends.mkldnn.is_available() and (first(r"MKL-DNN (v[\d.]+)") or "on"),
        "mkl": torch.backends.mkl.is_available(),
        "openmp": torch.backends.openmp.is_available(),
        "capability": first(r"CPU capability usage: (\S+)"),
        "blas": blas(),
    }


def read_work(path):
    """Reads the safetensors layout: length of the header, header, tensors."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        dtype = DTYPES[entry["dtype"]]
        count = (end - start) // torch.empty(0, dtype=dtype).element_size()
        tensors[name] = torch.frombuffer(content, dtype=dtype, count=count, offset=start).reshape(entry["shape"]).clone()
    return tensors, float(metadata["inputScale"])


class Training:
    def __init__(self, tensors, scale, optimizer, learning_rate):
        self.images = tensors["images"].flatten(1)
        self.labels = tensors["labels"].long()
        self.rows = tensors["rows"].long()
        self.scale = scale
        self.optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
        self.learning_rate = learning_rate
        count = sum(name.startswith("parameter.") for name in tensors)
        # gradwerk keeps kernels as [inputs, outputs], PyTorch as [outputs, inputs].
        self.initial = [tensors[f"parameter.{i}"] for i in range(count)]
        self.ready = [self.gather(i) for i in range(len(self.rows))]

    def gather(self, step):
        rows = self.rows[step]
        return self.images[rows].float() * self.scale, self.labels[rows]

    def block(self, warm_up, steps, batches):
        layers = []
        for kernel, bias in zip(self.initial[::2], self.initial[1::2]):
            linear = torch.nn.Linear(*kernel.shape)
            with torch.no_grad():
                linear.weight.copy_(kernel.t())
                linear.bias.copy_(bias)
            layers += [linear, torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers[:-1])
        criterion = torch.nn.CrossEntropyLoss()
        optimizer = self.optimizer(model.parameters(), lr=self.learning_rate)
        for step in range(warm_up + steps):
            if step == warm_up:
                started = time.perf_counter()
            inputs, targets = self.ready[step] if batches == "ready" else self.gather(step)
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
        ms = (time.perf_counter() - started) * 1000 / steps
        return {"ms": ms, "loss": loss.item()}


def main():
    if sys.argv[1:] == ["--describe"]:
        print(json.dumps(describe()))
        return
    path, optimizer, learning_rate, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    training = Training(*read_work(path), optimizer, float(learning_rate))
    print("{}", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        result = training.block(request["warmUp"], request["steps"], request["batches"])
        print(json.dumps(result), flush=True)


main()
