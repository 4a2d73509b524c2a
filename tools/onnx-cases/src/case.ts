// The ONNX project's cases on disk: a folder each, with a model and the tensors that go in and come out.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { decodeModel } from '@gradwerk/onnx'
import { decodeTensor, type ModelMessage, type TensorMessage } from './messages.ts'

export interface DataSet {
  readonly inputs: readonly TensorMessage[]
  readonly outputs: readonly TensorMessage[]
}

export interface Case {
  readonly name: string
  readonly model: ModelMessage
  /** The one operator of a model of one node; undefined for graphs of several nodes. */
  readonly operator: string | undefined
  /** Read when asked for: tensors that are none of core's may be in the way. */
  readonly dataSets: () => readonly DataSet[]
}

/** All folders below one, itself included, that hold a `model.onnx`, in the order of their paths. */
export function findCases(folder: string): string[] {
  const found = existsSync(join(folder, 'model.onnx')) ? [folder] : []
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [
    ...found,
    ...below
      .map(({ name }) => name)
      .sort()
      .flatMap((name) => findCases(join(folder, name))),
  ]
}

function tensors(folder: string, kind: 'input' | 'output'): TensorMessage[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${kind}_`) && name.endsWith('.pb'))
  return files.map((_, i) => decodeTensor(readFileSync(join(folder, `${kind}_${i}.pb`))))
}

export function readCase(folder: string): Case {
  const model = decodeModel(readFileSync(join(folder, 'model.onnx')))
  const nodes = model.graph?.node ?? []
  const [only] = nodes
  return {
    name: basename(folder),
    model,
    operator: only === undefined || nodes.length > 1 ? undefined : qualified(only),
    dataSets: () =>
      readdirSync(folder)
        .filter((name) => name.startsWith('test_data_set_'))
        .sort()
        .map((name) => join(folder, name))
        .map((set) => ({ inputs: tensors(set, 'input'), outputs: tensors(set, 'output') })),
  }
}

/** `Add`, or `ai.onnx.ml.Scaler` for an operator of another domain. */
export function qualified({ domain, opType }: { readonly domain: string; readonly opType: string }): string {
  return domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`
}
