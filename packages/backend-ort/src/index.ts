export { type OrtOptions, ort } from './ort.ts'
export { type Verification, type VerifyOptions, verifyOnnx } from './verify-onnx.ts'
