export { accuracy } from './accuracy.ts'
export { meanLoss } from './mean-loss.ts'
