import { parseSync } from 'oxc-parser';

/**
 * Every module that the source names: static and type-only imports, re-exports, `import()` with a constant.
 * @returns {string[]}
 */
export function findImports(file, text) {
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} can't be parsed: ${errors[0].message}`);
  const names = module.staticImports.map((each) => each.moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const entry of entries) if (entry.moduleRequest) names.push(entry.moduleRequest.value);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const constant = /^(['"`])([^$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (constant) names.push(constant[2]);
  }
  return names;
}

/** `@scope/name/deep` → `@scope/name` */
export function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
