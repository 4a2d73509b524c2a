export { type BatchNormOptions, batchNorm } from './batch-norm.ts'
export { channelVariance } from './channel-variance.ts'
export { type ChannelStatistics, normalizeChannels } from './normalize-channels.ts'
