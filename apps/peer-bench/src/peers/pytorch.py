"""The process that trains with PyTorch, eagerly and with the defaults of torch.nn and torch.optim.

Networks with convolutions are trained in the memory format channels_last with ReLUs in place, which is faster.

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
    return tensors, metadata


class Network:
    """Builds the network from its description, and gives it the first parameters."""

    def __init__(self, tensors, layers):
        self.tensors = tensors
        self.layers = layers
        self.convolutional = any(layer["type"] == "conv2d" for layer in layers)

    def parameter(self, name):
        return self.tensors[f"parameter.{name}"]

    def linear(self, layer):
        inputs, outputs = self.parameter(layer["weight"]).shape
        return torch.nn.Linear(inputs, outputs, bias="bias" in layer)

    def conv2d(self, layer):
        outputs, inputs, *size = self.parameter(layer["weight"]).shape
        return torch.nn.Conv2d(inputs, outputs, size, padding=layer["padding"], bias="bias" in layer)

    def batch_norm(self, layer):
        (channels,) = self.parameter(layer["weight"]).shape
        kind = {0: torch.nn.BatchNorm1d, 2: torch.nn.BatchNorm2d}[layer["spatialAxes"]]
        return kind(channels, eps=layer["epsilon"], momentum=layer["momentum"])

    def relu(self, layer):
        return torch.nn.ReLU(inplace=self.convolutional)

    def max_pool2d(self, layer):
        return torch.nn.MaxPool2d(layer["size"])

    def flatten(self, layer):
        return torch.nn.Flatten()

    def module(self, layer):
        module = getattr(self, layer["type"])(layer)
        own = dict(module.named_parameters())
        if set(own) != {"weight", "bias"} & set(layer):
            raise ValueError(f"{layer} does not name the parameters {sorted(own)}")
        with torch.no_grad():
            for role, parameter in own.items():
                first = self.parameter(layer[role])
                # gradwerk keeps kernels of dense layers as [inputs, outputs], PyTorch as [outputs, inputs].
                first = first.t() if layer["type"] == "linear" and role == "weight" else first
                if first.shape != parameter.shape:
                    raise ValueError(f"{layer[role]} is {first.shape}, PyTorch's {role} {parameter.shape}")
                parameter.copy_(first)
        return module

    def build(self):
        model = torch.nn.Sequential(*[self.module(layer) for layer in self.layers])
        return model.to(memory_format=torch.channels_last) if self.convolutional else model


class Training:
    def __init__(self, tensors, metadata, optimizer, learning_rate):
        self.images = tensors["images"]
        self.labels = tensors["labels"].long()
        self.rows = tensors["rows"].long()
        self.scale = float(metadata["inputScale"])
        self.network = Network(tensors, json.loads(metadata["network"]))
        self.optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
        self.learning_rate = learning_rate
        self.ready = [self.gather(i) for i in range(len(self.rows))]

    def gather(self, step):
        rows = self.rows[step]
        images = self.images[rows].float() * self.scale
        if self.network.convolutional:
            images = images.contiguous(memory_format=torch.channels_last)
        return images, self.labels[rows]

    def block(self, warm_up, steps, batches):
        model = self.network.build()
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
