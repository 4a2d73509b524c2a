import * as augmentation from '@gradwerk/augmentation'
import { ort } from '@gradwerk/backend-ort'
import * as optimizers from '@gradwerk/optimizers'
import { augmentationSuite } from '@gradwerk/testing'

const {
  affine,
  brightness,
  compose,
  contrast,
  cropAndPad,
  cutmix,
  cutout,
  elastic,
  erase,
  gaussianNoise,
  horizontalFlip,
  maybe,
  mixup,
  oneOf,
  rotate,
  scale,
  shear,
  shift,
  warp,
} = augmentation

const options = { registries: [augmentation, optimizers], backends: { ort: ort({ threads: 1 }) } }
const channels = { sample: [3, 7, 6] }
const mixes = true

augmentationSuite(shift, [{ plugin: shift(2) }, { plugin: shift(1.5, { fill: 0.5 }), ...channels }], options)
augmentationSuite(rotate, [{ plugin: rotate(45) }], options)
augmentationSuite(scale, [{ plugin: scale(0.3) }], options)
augmentationSuite(shear, [{ plugin: shear(20) }], options)
augmentationSuite(
  affine,
  [
    { plugin: affine({ rotation: 20, shift: 1, scale: 0.2, shear: 10 }), ...channels },
    { plugin: affine(), random: false },
  ],
  options,
)
augmentationSuite(
  elastic,
  [{ plugin: elastic({ fields: 4 }) }, { plugin: elastic({ alpha: 8, sigma: 2, fields: 3, seed: 5 }), ...channels }],
  options,
)
augmentationSuite(
  warp,
  [
    { plugin: warp({ fields: 4, rotation: 10 }) },
    { plugin: warp({ fields: 2, alpha: optimizers.cosine(20) }), title: 'warp, with a schedule' },
  ],
  options,
)
augmentationSuite(
  cropAndPad,
  [
    { plugin: cropAndPad(2) },
    { plugin: cropAndPad(1, { fill: -1 }), ...channels },
    { plugin: cropAndPad({ padding: 0, size: [4, 3] }), result: [4, 3] },
  ],
  options,
)
augmentationSuite(horizontalFlip, [{ plugin: horizontalFlip() }, { plugin: horizontalFlip(1), random: false }], options)
augmentationSuite(erase, [{ plugin: erase() }, { plugin: erase({ largest: 1, fill: 9 }), ...channels }], options)
augmentationSuite(cutout, [{ plugin: cutout(3) }, { plugin: cutout(2, { fill: 9 }), ...channels }], options)
augmentationSuite(gaussianNoise, [{ plugin: gaussianNoise(0.3) }, { plugin: gaussianNoise(), sample: [5] }], options)
augmentationSuite(brightness, [{ plugin: brightness() }, { plugin: brightness(1), ...channels }], options)
augmentationSuite(contrast, [{ plugin: contrast() }, { plugin: contrast(1), ...channels }], options)
augmentationSuite(
  mixup,
  [
    { plugin: mixup(), mixes },
    { plugin: mixup(2), mixes, sample: [4] },
  ],
  options,
)
augmentationSuite(
  cutmix,
  [
    { plugin: cutmix(), mixes },
    { plugin: cutmix(0.5), mixes, ...channels },
  ],
  options,
)
augmentationSuite(
  maybe,
  [
    { plugin: maybe(0.5, shift(2)) },
    { plugin: maybe(0.5, cutmix()), mixes },
    { plugin: maybe(0, brightness()), random: false },
  ],
  options,
)
augmentationSuite(
  compose,
  [{ plugin: compose([rotate(20), erase(), rotate(20)]) }, { plugin: compose([mixup(), mixup()]), mixes }],
  options,
)
augmentationSuite(
  oneOf,
  [
    { plugin: oneOf([brightness(), shift(2), erase()]) },
    { plugin: oneOf([contrast(), mixup()], { weights: [1, 3] }), mixes },
  ],
  options,
)
