export { type OrtOptions, ort } from './ort.ts'
export { type ValueDifference, type Verification, type VerifyOptions, verifyOnnx } from './verify-onnx.ts'
