// Every op, its gradients, and whole training steps give the reference backend's numbers.

import { ort } from '@gradwerk/backend-ort'
import { backendSuite } from '@gradwerk/testing'

backendSuite('ort, one thread', () => ort({ threads: 1 }))
backendSuite('ort, two threads', () => ort({ threads: 2 }))
