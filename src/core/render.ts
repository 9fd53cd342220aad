/** Runs the precompiled templates. A template has shape only; its one value helper is `json`. */

import runtime from 'handlebars/runtime.js';
import { yamlScalar } from './yaml.ts';

/** The part of Handlebars' runtime that is used; the package ships no types for it. */
type Template = (view: unknown) => string;
type Instance = {
  readonly registerHelper: (name: string, helper: (value: unknown) => string) => void;
  readonly registerPartial: (name: string, partial: Template) => void;
  readonly template: (precompiled: unknown) => Template;
};
const handlebars = runtime as unknown as { readonly create: () => Instance };

/** Precompiled template functions by name; partials begin with `partials/`. */
export type TemplateTable = Readonly<Record<string, unknown>>;

export type Render = (template: string, view: unknown) => string;

const partialPrefix = 'partials/';

/** A renderer of its own for one folder of templates: nothing registered here is seen elsewhere. */
export const rendererFor = (table: TemplateTable): Render => {
  const own = handlebars.create();
  own.registerHelper('json', value => yamlScalar(value));
  const compiled = new Map(Object.entries(table).map(([name, spec]) => [name, own.template(spec)]));
  for (const [name, template] of compiled) {
    if (name.startsWith(partialPrefix)) own.registerPartial(name.slice(partialPrefix.length), template);
  }
  return (name, view) => {
    const template = compiled.get(name);
    if (template === undefined) throw new Error(`There is no template "${name}".`);
    // Indented partials leave blanks at the end of empty lines.
    return template(view).replace(/[ \t]+$/gm, '');
  };
};
