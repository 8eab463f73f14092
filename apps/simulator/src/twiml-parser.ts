/** One element of a document; text nodes are strings. */
export interface TwimlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly (TwimlElement | string)[];
}

/** Error 12100: Twilio can't read the document. */
export class TwimlMalformed extends Error {
  override readonly name = 'TwimlMalformed';
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** `<Response>` and what is in it. Names are case-sensitive. Throws `TwimlMalformed`. */
export function parseTwiml(text: string): TwimlElement {
  const root = new Reader(text).document();
  if (root.name !== 'Response') throw new TwimlMalformed(`The document is a <${root.name}>, not a <Response>`);
  return root;
}

export function elementsOf(element: TwimlElement): TwimlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** All text below an element, blanks folded. */
export function textOf(element: TwimlElement): string {
  const parts = element.children.map((child) => (typeof child === 'string' ? child : textOf(child)));
  return parts.join('').replaceAll(/\s+/g, ' ').trim();
}

/** Enough XML for TwiML: no document types, no namespaces, no external entities. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '');
  }

  document(): TwimlElement {
    this.#skipMisc();
    const root = this.#element();
    this.#skipMisc();
    if (this.#at < this.#text.length) throw this.#fail('Text after the document');
    return root;
  }

  #skipMisc(): void {
    while (this.#match(/\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->/y)) continue;
  }

  #element(): TwimlElement {
    const name = this.#match(/<([A-Za-z_][\w.:-]*)/y)?.[1];
    if (name === undefined) throw this.#fail('An element was expected');
    const attributes = this.#attributes();
    if (this.#match(/\s*\/>/y)) return { name, attributes, children: [] };
    if (!this.#match(/\s*>/y)) throw this.#fail(`<${name}> is not closed`);
    const children: (TwimlElement | string)[] = [];
    for (;;) {
      const end = this.#match(/<\/([A-Za-z_][\w.:-]*)\s*>/y)?.[1];
      if (end === name) return { name, attributes, children };
      if (end !== undefined) throw this.#fail(`</${end}> closes <${name}>`);
      if (this.#match(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/y)) continue;
      const literal = this.#match(/<!\[CDATA\[([\s\S]*?)\]\]>/y);
      const text = literal ? undefined : this.#match(/[^<]+/y);
      if (literal) children.push(literal[1] ?? '');
      else if (text) children.push(this.#decode(text[0]));
      else children.push(this.#element());
    }
  }

  #attributes(): Record<string, string> {
    const attributes: Record<string, string> = {};
    for (;;) {
      const found = this.#match(/\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y);
      if (!found) return attributes;
      const [, name = '', double, single] = found;
      if (Object.hasOwn(attributes, name)) throw this.#fail(`The attribute ${name} is there twice`);
      attributes[name] = this.#decode(double ?? single ?? '');
    }
  }

  #decode(text: string): string {
    return text.replaceAll(/&(#x?[0-9A-Fa-f]+|\w+)?;?/g, (whole, name: string | undefined) => {
      if (name === undefined || !whole.endsWith(';')) throw this.#fail('A bare &');
      const known = entities[name];
      if (known !== undefined) return known;
      if (!name.startsWith('#')) throw this.#fail(`The entity ${name} is unknown`);
      return String.fromCodePoint(name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
    });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }

  #fail(what: string): TwimlMalformed {
    return new TwimlMalformed(`${what}, at character ${this.#at}`);
  }
}
