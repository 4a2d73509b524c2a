// A call of everything that takes options and makes no plugin, with an option that does not exist.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import { reference } from '@gradwerk/core'
import { arrayDataset, batches, generatedDigits, mnist } from '@gradwerk/datasets'
import { attentionWeights, scaledDotProductAttention, summarize } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { mlp } from '@gradwerk/models'
import { fitStandardization } from '@gradwerk/normalization'
import { exportOnnx, exportOnnxFiles, exportTrainingStep, importOnnx, loadWeights, lowerProgram } from '@gradwerk/onnx'
import { sgd } from '@gradwerk/optimizers'
import { findLearningRate, monteCarlo, monteCarloClassification, recomputeStatistics, Trainer } from '@gradwerk/trainer'
import {
  contour,
  createStudy,
  float,
  int,
  journalStorage,
  optimizationHistory,
  parallelCoordinates,
  parameterImportances,
  replay,
  slices,
} from '@gradwerk/tuners'
import type { RefusedCalls } from './functions.ts'

/** Options of any type, with one that does not exist. */
const wrong = { 'no option': true } as never
/** An argument that is not looked at before the options. */
const unread = undefined as never

const { train } = generatedDigits({ train: 10, test: 10 })
const training = { model: mlp({ hidden: [1] }), loss: softmaxCrossEntropy(), optimizer: sgd(0.1), backend: reference() }
const trainer = new Trainer(training)

/** By package and name. */
export const refusedCalls: Readonly<Record<string, RefusedCalls>> = {
  layers: {
    attentionWeights: () => attentionWeights(unread, unread, wrong),
    scaledDotProductAttention: () => scaledDotProductAttention(unread, unread, unread, wrong),
    summarize: () => summarize(unread, wrong),
  },
  normalization: { fitStandardization: () => fitStandardization(train, wrong) },
  datasets: {
    arrayDataset: () => arrayDataset(wrong),
    batches: () => [...batches(train, wrong)],
    generatedDigits: () => generatedDigits(wrong),
    mnist: () => mnist(wrong),
  },
  trainer: {
    findLearningRate: () => findLearningRate(training, train, wrong),
    monteCarlo: () => monteCarlo(unread, unread, wrong),
    monteCarloClassification: () => monteCarloClassification(unread, unread, wrong),
    recomputeStatistics: () => recomputeStatistics(unread, unread, wrong),
    Trainer: () => new Trainer(wrong),
    'Trainer.fit': () => trainer.fit(train, wrong),
    'Trainer.program': () => trainer.program(train, wrong),
    'Trainer.recomputeStatistics': () => trainer.recomputeStatistics(train, wrong),
  },
  tuners: {
    contour: () => contour(unread, 'x', 'y', wrong),
    createStudy: () => createStudy(wrong),
    float: () => float(0, 1, wrong),
    int: () => int(0, 1, wrong),
    journalStorage: () => journalStorage('', wrong),
    optimizationHistory: () => optimizationHistory(unread, wrong),
    parallelCoordinates: () => parallelCoordinates(unread, wrong),
    parameterImportances: () => parameterImportances(unread, wrong),
    replay: () => replay(wrong),
    slices: () => slices(unread, wrong),
    'Study.optimize': () => createStudy().optimize(() => 0, wrong),
  },
  onnx: {
    exportOnnx: () => exportOnnx(unread, wrong),
    exportOnnxFiles: () => exportOnnxFiles(unread, wrong),
    exportTrainingStep: () => exportTrainingStep(unread, wrong),
    importOnnx: () => importOnnx(unread, wrong),
    loadWeights: () => loadWeights(unread, unread, wrong),
    lowerProgram: () => lowerProgram(unread, wrong),
  },
  'backend-ort': {
    ort: () => ort(wrong),
    verifyOnnx: () => verifyOnnx(unread, unread, wrong),
  },
}
