import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('permissions');

const YES = 1;
const NO = -1;

function allows(route: RouteContext, group: number, address: string, port: number): number {
  return route.services.modules.addresses.allows(group, address, port) ? YES : NO;
}

function groupOf(route: RouteContext, address: string, port: number): number {
  return route.services.modules.addresses.groupOf(address, port) ?? NO;
}

export const permissionsRows = [
  row('allow_source_address', ['int'], 'int', (route, group) => allows(route, group, route.source.address, route.source.port), '1 when the source of the message is in this group of the table address, else -1'),
  row('allow_address', ['int', 'str', 'int'], 'int', allows, '1 when this address and port are in the group, else -1'),
  row('allow_source_address_group', [], 'int', (route) => groupOf(route, route.source.address, route.source.port), 'The first group that the source of the message is in, -1 for none'),
  row('allow_address_group', ['str', 'int'], 'int', groupOf, 'The first group that this address and port are in, -1 for none'),
];
