import { samplerSuite } from '@gradwerk/testing'
import * as tuners from '@gradwerk/tuners'
import { describe } from 'vitest'

const { grid, partialFixed, quasiRandom, random, tpe } = tuners
const options = { registries: [tuners] }

describe('random', () => samplerSuite(random, [{ plugin: random(), learns: false }]))
describe('quasiRandom', () => samplerSuite(quasiRandom, [{ plugin: quasiRandom(), learns: false }]))
describe('grid', () => samplerSuite(grid, [{ plugin: grid({ points: 2 }), learns: false }]))
describe('partialFixed', () =>
  samplerSuite(partialFixed, [{ plugin: partialFixed(random(), { y: -2, int: 4 }), learns: false }], options))
describe('tpe', () =>
  samplerSuite(tpe, [{ plugin: tpe() }, { plugin: tpe({ startup: 3, candidates: 8, prior: 0.5 }) }]))
