/**
 * Drops everything that pg_dump would dump, in the running transaction. The schema `public` stays, with the rights on it, as the user who restores need not own
 * it. Extensions that only a superuser could make again stay too: pg_dump makes those only if they are missing.
 */
export const emptyPostgres = `set local client_min_messages = warning;
do $fraisier$
declare
  each record;
  initial constant oid := 16384; -- what comes with the server has lower numbers
begin
  for each in select evtname as name from pg_event_trigger e
    where pg_has_role(e.evtowner, 'USAGE')
      and not exists (select from pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e') loop
    execute format('drop event trigger if exists %I', each.name);
  end loop;
  for each in select pubname as name from pg_publication where pg_has_role(pubowner, 'USAGE') loop
    execute format('drop publication if exists %I', each.name);
  end loop;
  for each in select x.extname as name from pg_extension x
    left join pg_available_extension_versions v on v.name = x.extname and v.version = x.extversion
    where x.oid >= initial and pg_has_role(x.extowner, 'USAGE')
      and (v.trusted or not v.superuser or (select rolsuper from pg_roles where rolname = current_user)) loop
    execute format('drop extension if exists %I cascade', each.name);
  end loop;
  for each in select n.nspname as name from pg_namespace n
    where n.oid >= initial and n.nspname !~ '^pg_' and n.nspname <> 'public'
      and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
      and not exists (select from pg_extension x where x.extnamespace = n.oid) loop
    execute format('drop schema if exists %I cascade', each.name);
  end loop;
  -- Schemas that stay: what is in them goes. A table takes its indexes, triggers and row type along.
  for each in
    select * from (
      select 1 as turn, 'pg_class'::regclass as catalog, c.oid, c.relnamespace as schema,
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
          when 'f' then 'foreign table' when 'c' then 'type' else 'table' end as kind,
        format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
      union all
      select 2, 'pg_proc'::regclass, p.oid, p.pronamespace,
        case p.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end, p.oid::regprocedure::text
      from pg_proc p
      union all
      select 3, 'pg_type'::regclass, t.oid, t.typnamespace, case t.typtype when 'd' then 'domain' else 'type' end,
        format('%I.%I', n.nspname, t.typname)
      from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype in ('e', 'd', 'r')
      union all
      select 4, 'pg_collation'::regclass, c.oid, c.collnamespace, 'collation', format('%I.%I', n.nspname, c.collname)
      from pg_collation c join pg_namespace n on n.oid = c.collnamespace
      union all
      select 4, 'pg_ts_config'::regclass, c.oid, c.cfgnamespace, 'text search configuration', format('%I.%I', n.nspname, c.cfgname)
      from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace
      union all
      select 5, 'pg_ts_dict'::regclass, c.oid, c.dictnamespace, 'text search dictionary', format('%I.%I', n.nspname, c.dictname)
      from pg_ts_dict c join pg_namespace n on n.oid = c.dictnamespace
    ) found
    where found.oid >= initial
      and found.schema in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
      and not exists (select from pg_depend d where d.classid = found.catalog and d.objid = found.oid
        -- A partitioned table is said to be part of itself.
        and (d.deptype = 'e' or d.deptype = 'i' and d.refobjid <> d.objid))
    order by turn, oid
  loop
    -- Something before may have taken it along: it is looked for by number, as its name may not be asked for any more.
    if each.turn = 2 then
      if exists (select from pg_proc where oid = each.oid) then execute format('drop %s %s cascade', each.kind, each.name); end if;
    else
      execute format('drop %s if exists %s cascade', each.kind, each.name);
    end if;
  end loop;
  for each in select s.srvname as name from pg_foreign_server s
    where not exists (select from pg_depend d where d.classid = 'pg_foreign_server'::regclass and d.objid = s.oid and d.deptype = 'e') loop
    execute format('drop server if exists %I cascade', each.name);
  end loop;
  -- Its rights are not touched; dropped, it is made again as it comes with a new database.
  create schema if not exists public;
  perform lo_unlink(oid) from pg_largeobject_metadata;
end $fraisier$;
`;
