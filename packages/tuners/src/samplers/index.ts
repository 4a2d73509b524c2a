export { type GridOptions, grid } from './grid.ts'
export { type PartialFixedOptions, partialFixed } from './partial-fixed.ts'
export { quasiRandom } from './quasi-random.ts'
export { random } from './random.ts'
