"""Prints key, shape and sum of every tensor in a safetensors file; needs numpy alone."""
import json
import struct
import sys

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?"}


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        key: np.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"])
        for key, entry in header.items()
    }


for key, array in read(sys.argv[1]).items():
    print(key, "x".join(map(str, array.shape)), repr(float(array.astype(np.float64).sum())))
