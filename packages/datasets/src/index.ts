export { ChecksumError, DatasetUnavailableError, type FailedAttempt } from './errors.ts'
export { DownloadError, type DownloadProgress } from './files/download.ts'
export { type MnistOptions, mnist } from './mnist.ts'
export * from './web.ts'
