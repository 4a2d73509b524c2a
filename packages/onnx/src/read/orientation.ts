// Which way round a file keeps the kernels of its dense layers.

import type { GraphProto, NodeProto } from '../generated/onnx_pb.ts'

/** The second factor of a `Gemm` with `transB`, as PyTorch writes its linear layers. */
function transposedByGemm({ opType, input, attribute }: NodeProto): string[] {
  const isTransposed = attribute.some(({ name, i }) => name === 'transB' && i === 1n)
  return opType === 'Gemm' && isTransposed && input[1] !== undefined ? [input[1]] : []
}

/** What a `Transpose` of two axes turns round. */
function transposed({ opType, input, attribute }: NodeProto): string[] {
  const order = attribute.find(({ name }) => name === 'perm')?.ints ?? [1n, 0n]
  return opType === 'Transpose' && order.join() === '1,0' && input[0] !== undefined ? [input[0]] : []
}

/** Names of the tensors that the graph uses transposed: dense kernels that are kept as [out, in]. */
export function transposedTensors({ node }: GraphProto): ReadonlySet<string> {
  return new Set(node.flatMap((one) => [...transposedByGemm(one), ...transposed(one)]))
}
