export { type OrtOptions, ort } from './ort.ts'
