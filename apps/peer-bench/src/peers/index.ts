// The frameworks that gradwerk is measured beside.

import type { Peer } from './peer.ts'
import { pytorch } from './pytorch.ts'

export const peers: readonly Peer[] = [pytorch]
