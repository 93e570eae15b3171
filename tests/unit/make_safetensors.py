#!/usr/bin/env python3
"""Writes python.safetensors with the format's own library, for test_safetensors.c: a tensor of each
dtype, 0, 1, 2, ... in the shape (2, 3) unless said otherwise, and texts. The tests need only the file.
Needs safetensors and NumPy. Run: python3 make_safetensors.py
"""
import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

names = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16,
         "I64": np.int64, "I32": np.int32, "U8": np.uint8, "I16": np.int16}
tensors = {name: np.arange(6).astype(dtype).reshape(2, 3) for name, dtype in names.items()}
tensors["BOOL"] = np.array([True, False, True])
tensors["scalar"] = np.array(7, dtype=np.float32)
tensors["empty"] = np.zeros((0, 3), dtype=np.float32)
tensors['"\\\u00fc\n\U0001f600'] = np.array([5], dtype=np.float32)
save_file(tensors, "python.safetensors", metadata={"format": "np", "k\u00e9y": "a \"text\"\n"})
