import type { RouteContext } from '../../route-context.ts';
import { readAttribute, splitPath, writeAttribute, type AttributePath } from '../attribute-path.ts';
import type { PvCatalogue, PvFactory, PvIndex } from '../pseudo-variable.ts';

/** `$avp(s:name)` and `$avp(name)` are the same; `$avp(i:1)` is another. */
function avpName(text: string): string {
  return text.startsWith('s:') ? text.slice(2) : text;
}

const avp: PvFactory = ({ inner, index }) => {
  if (inner === undefined || inner.text === '') return undefined;
  const fixed = inner.constant ? avpName(inner.text) : undefined;
  const nameOf = (route: RouteContext): string => fixed ?? avpName(inner.evaluate(route));
  return {
    get(route) {
      const value = route.attributes.avps.get(nameOf(route), index === undefined || index === '*' ? 0 : index);
      return typeof value === 'object' || value === undefined ? null : value;
    },
    set(route, value) {
      const { avps } = route.attributes;
      const name = nameOf(route);
      if (value === null) {
        avps.remove(name, index);
        return true;
      }
      // KEMI: without an index a set pushes, it does not replace.
      return index === undefined ? avps.push(name, value) : avps.set(name, value, index);
    },
  };
};

const xavp: PvFactory = ({ inner, index }) => {
  if (inner === undefined) return undefined;
  const fixed = inner.constant ? splitPath(inner.text) : undefined;
  if (inner.constant && fixed === undefined) return undefined;
  const pathOf = (route: RouteContext): AttributePath | undefined => fixed ?? splitPath(inner.evaluate(route));
  return {
    get(route) {
      const path = pathOf(route);
      return path === undefined ? null : readAttribute(route.attributes.xavps, indexed(path, index));
    },
    set(route, value) {
      const path = pathOf(route);
      return path !== undefined && writeAttribute(route.attributes.xavps, indexed(path, index), value);
    },
  };
};

/** `$(xavp(a)[1])` is another spelling of `$xavp(a[1])`; of a child too. */
function indexed(path: AttributePath, index: PvIndex | undefined): AttributePath {
  if (index === undefined) return path;
  if (path.child === undefined) return { root: { name: path.root.name, index }, child: undefined };
  return { root: path.root, child: { name: path.child.name, index } };
}

/** `$avp` and `$xavp`. */
export const attributeCatalogue: PvCatalogue = { avp, xavp };
