// The wire format of protocol buffers, checked before anything is decoded. The decoder itself trusts what it reads: it takes any wire type
// for a field, lets a message end beyond the one around it, and makes an object of hundreds of bytes from two.

import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { DataError } from '@gradwerk/core'

/** Messages inside of each other. A tensor of a node in the body of a loop is seven deep. */
const deepest = 64
/** What the decoded message may take on the heap: this much, and so many times the size of the file. */
const freeBytes = 64 * 2 ** 20
const bytesPerByte = 16

// What decoded parts take on the heap of Node 20, measured with a million of each.
const messageBytes = 96
const listBytes = 32
const unknownBytes = 160
const elementBytes: Readonly<Partial<Record<ScalarType, number>>> = {
  [ScalarType.BYTES]: 128,
  [ScalarType.INT64]: 36,
  [ScalarType.UINT64]: 36,
}
const otherElementBytes = 24

const wireTypes: Readonly<Partial<Record<ScalarType, WireType>>> = {
  [ScalarType.STRING]: WireType.LengthDelimited,
  [ScalarType.BYTES]: WireType.LengthDelimited,
  [ScalarType.FLOAT]: WireType.Bit32,
  [ScalarType.DOUBLE]: WireType.Bit64,
}
const widths: Readonly<Partial<Record<WireType, number>>> = { [WireType.Bit32]: 4, [WireType.Bit64]: 8 }

interface Facts {
  readonly fields: ReadonlyMap<number, DescField>
  readonly size: number
}

const knownFacts = new WeakMap<DescMessage, Facts>()

function factsOf(desc: DescMessage): Facts {
  const known = knownFacts.get(desc)
  if (known !== undefined) return known
  const lists = desc.fields.filter(({ fieldKind }) => fieldKind === 'list').length
  const facts = {
    fields: new Map(desc.fields.map((field) => [field.number, field])),
    size: messageBytes + listBytes * lists,
  }
  knownFacts.set(desc, facts)
  return facts
}

function refuse(problem: string, expected?: string): never {
  throw new DataError({ who: 'onnx', problem, ...(expected === undefined ? {} : { expected }) })
}

class Survey {
  readonly #bytes: Uint8Array
  readonly #reader: BinaryReader
  #left: number

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#reader = new BinaryReader(bytes)
    this.#left = freeBytes + bytesPerByte * bytes.length
  }

  message(desc: DescMessage, end: number, depth: number): void {
    if (depth > deepest) refuse('messages are nested too deeply', `at most ${deepest} levels`)
    const reader = this.#reader
    const { fields, size } = factsOf(desc)
    this.#take(size)
    while (reader.pos < end) {
      const [number, wireType] = reader.tag()
      const field = fields.get(number)
      if (field === undefined) {
        this.#take(unknownBytes)
        reader.skip(wireType, number, deepest - depth)
      } else if (field.message !== undefined && wireType === WireType.LengthDelimited)
        this.message(field.message, this.#end(field, end), depth + 1)
      else if (field.message === undefined) this.#scalar(field, wireType, end)
      else refuse(`${field} is no message`)
    }
    if (reader.pos > end) refuse(`the last field of ${desc} ends outside of it`)
  }

  #scalar(field: DescField, wireType: WireType, outer: number): void {
    const scalar = field.scalar ?? ScalarType.INT32 // an enumeration
    const own = wireTypes[scalar] ?? WireType.Varint
    const size = elementBytes[scalar] ?? otherElementBytes
    if (wireType === own) {
      this.#take(size)
      this.#reader.skip(wireType)
    } else if (wireType === WireType.LengthDelimited && field.fieldKind === 'list') {
      const end = this.#end(field, outer)
      this.#take(size * this.#packed(field, own, end))
      this.#reader.pos = end
    } else refuse(`${field} is written as another type`)
  }

  /** How many elements of a packed list stand before its end. */
  #packed(field: DescField, wireType: WireType, end: number): number {
    const start = this.#reader.pos
    const width = widths[wireType]
    let count = 0
    if (width === undefined) for (let i = start; i < end; i++) count += (this.#bytes[i] as number) < 0x80 ? 1 : 0
    else count = (end - start) / width
    const whole =
      width === undefined ? start === end || (this.#bytes[end - 1] as number) < 0x80 : Number.isInteger(count)
    return whole ? count : refuse(`${field} ends within an element`)
  }

  /** The end of what comes after its length; it lies inside of what is around it. */
  #end(field: DescField, outer: number): number {
    const length = this.#reader.uint32()
    const end = this.#reader.pos + length
    return end <= outer ? end : refuse(`${field} ends outside of what it is in`)
  }

  #take(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) refuse('the file has more small parts than a model of its size has')
  }
}

/** Throws an error unless the bytes are a message whose parts lie inside of each other, and which a moderate amount of memory can hold. */
export function checkWire(desc: DescMessage, bytes: Uint8Array): void {
  new Survey(bytes).message(desc, bytes.length, 0)
}
