-- A store as the version with three migrations wrote it. R-1 is at a gate, R-2 has 60 s, R-3 waits
-- for a person without a limit, R-4 was cancelled.
pragma application_id = 1397706839;
CREATE TABLE audit (
    position integer primary key,
    at bigint not null,
    kind text not null,
    run bigint,
    seq integer,
    body_hash text not null,
    prev text not null,
    hash text not null
);
INSERT INTO "audit" VALUES(1,1795230000000,'RunStarted',1,1,'33662fa021651deea8861a24f8064772960e7efcb4ec1496c7c93e35f63d4240','0000000000000000000000000000000000000000000000000000000000000000','3394c4956d7e07ffcecc15774d98dc5ceaa370dc1722f8d4e2a47d72909b801e');
INSERT INTO "audit" VALUES(2,1795230000000,'StepEntered',1,2,'2b81ba81644a18f42ba730bc612bd011393f0067faa6d7c2ac621af6de5be2f3','3394c4956d7e07ffcecc15774d98dc5ceaa370dc1722f8d4e2a47d72909b801e','1a2c63555bbdf5a808b286b05cdf8b5cc6c776f54cb82a2251f2d0f59b38df17');
INSERT INTO "audit" VALUES(3,1795230000000,'GateRequested',1,3,'ca1748771e64111467c9599a50b51e22f2a3b3b4c51c123e98bc4a4e471fc986','1a2c63555bbdf5a808b286b05cdf8b5cc6c776f54cb82a2251f2d0f59b38df17','27f0a15ed02c33333fe9d648d5cbc7d4ba943643a3ae87af36558d49692d007d');
INSERT INTO "audit" VALUES(4,1795230000000,'GateOpened',1,4,'4960cddff8873aa91e8c50e171a53092a371f852f8baf160a7224f0a081ebed6','27f0a15ed02c33333fe9d648d5cbc7d4ba943643a3ae87af36558d49692d007d','b06b430185bfa832af1285fd3c067d904bbde94936de97cbcf51841fc51ee830');
INSERT INTO "audit" VALUES(5,1795230000000,'RunStarted',2,1,'346eaf1d69ab3ff07e66f992199fe20b11155aed508d76f5932069573950f90f','b06b430185bfa832af1285fd3c067d904bbde94936de97cbcf51841fc51ee830','81afc6d64c02d234301db45bb15eddff1a637c4e01620608cfc06c6ceb6211cc');
INSERT INTO "audit" VALUES(6,1795230000000,'StepEntered',2,2,'f02a375f0083021c2f6181dee386fe072c42c7bdee240dd831e12265451d22a6','81afc6d64c02d234301db45bb15eddff1a637c4e01620608cfc06c6ceb6211cc','c30884f501fc0b7afc7851b1fa49f8e69dae7c063cb0c7e4042cf4ff526bfc84');
INSERT INTO "audit" VALUES(7,1795230000000,'PersonAsked',2,3,'5efa64e5c1901b0b7db2dc9d71f777713d0ecdac6b7bcd521135ae4d7d1fe0ff','c30884f501fc0b7afc7851b1fa49f8e69dae7c063cb0c7e4042cf4ff526bfc84','3834ecb6efb3f6056593b0ca6e84cb4e52d2a41152b7096dbaa321574b658817');
INSERT INTO "audit" VALUES(8,1795230000000,'RunStarted',3,1,'8246508202af4b91157de0d56891d534773093f9dd88a43f8429e591e5dbca66','3834ecb6efb3f6056593b0ca6e84cb4e52d2a41152b7096dbaa321574b658817','8dca9c6bb4d5442232d0e1f986c68df844dfcbe8fcb55cdbbf3db24aa04cd038');
INSERT INTO "audit" VALUES(9,1795230000000,'StepEntered',3,2,'cf89b90ae900673d99d8f82d65e6f07262e38a82546af2a274675ca9bce1f2ec','8dca9c6bb4d5442232d0e1f986c68df844dfcbe8fcb55cdbbf3db24aa04cd038','a91a65aa44e51b8ee6a6df30133379c6a2def43e568b143a12750f18ea4f33f7');
INSERT INTO "audit" VALUES(10,1795230000000,'PersonAsked',3,3,'688f4c6dd891cd92531fc587ed664a71fedbe4feac2105f3d3af9c80ec50cdcd','a91a65aa44e51b8ee6a6df30133379c6a2def43e568b143a12750f18ea4f33f7','927ab3183e026713781dd8f240801199c32ea2e027a4ec0775f31806d9d2611e');
INSERT INTO "audit" VALUES(11,1795230000000,'RunStarted',4,1,'440f958b749d6d53b5de273248e1365098580b3d7d5ae7faa15721ba5a6307d1','927ab3183e026713781dd8f240801199c32ea2e027a4ec0775f31806d9d2611e','b4d65ba0a45a98dcaa804f3053c3885c1cb2cd266c740cabcd6dd33ea09dc052');
INSERT INTO "audit" VALUES(12,1795230000000,'StepEntered',4,2,'04e03556fefba2cab7de925af39c068d2260e6c213161c74390fe7bfd9bf9354','b4d65ba0a45a98dcaa804f3053c3885c1cb2cd266c740cabcd6dd33ea09dc052','babd2961ed62d0b87bc4486315ca3d64e1d0bfcf4ae1ffb3cbcfd678130a04f1');
INSERT INTO "audit" VALUES(13,1795230000000,'GateRequested',4,3,'cc68ad391ff00cbc4f7825e4bb0e28a5a4b63497668eb22d60227efb068f53bc','babd2961ed62d0b87bc4486315ca3d64e1d0bfcf4ae1ffb3cbcfd678130a04f1','537ddd93bd7be974f40eb0dd106f8d303b201998c2bdf98da00ac27a50ba02ea');
INSERT INTO "audit" VALUES(14,1795230000000,'GateOpened',4,4,'ffb0c013ffc394d4a5a9a2d867036f648d39794a85b6d36af8ac54f087adcc30','537ddd93bd7be974f40eb0dd106f8d303b201998c2bdf98da00ac27a50ba02ea','b3f8c73e72e52e008bbfbd9ecd0f2a2518bad5324b2a44ab7cc4c3e73b200b03');
INSERT INTO "audit" VALUES(15,1795230000000,'RunFinished',4,5,'b28f8fdbbe0ad9f16cf28fbdf82b7a80be0956e982e0fbfdb946484667aced58','b3f8c73e72e52e008bbfbd9ecd0f2a2518bad5324b2a44ab7cc4c3e73b200b03','aa70fed2b5af3a0522f7798124e7119152a0e77f84aaf552f0018cf691c316a1');
CREATE TABLE bodies (
    position integer primary key,
    salt text not null,
    text text not null
);
CREATE TABLE configs (
    number integer primary key,
    at bigint not null,
    roster text not null,
    sops text not null,
    brought_by text not null
);
CREATE TABLE counts (
    sop text not null,
    outcome text not null,
    times bigint not null,
    primary key (sop, outcome)
);
CREATE TABLE deliveries (
    id integer primary key,
    sop text,
    source text not null,
    dedupe_key text,
    received_at bigint not null,
    priority integer not null,
    lock text,
    outcome text,
    detail text not null,
    run bigint,
    counted_for text
);
INSERT INTO "deliveries" VALUES(1,'gated','asked by alice',NULL,1795230000000,1,NULL,'started','R-1',1,NULL);
INSERT INTO "deliveries" VALUES(2,'timed','asked by alice',NULL,1795230000000,1,NULL,'started','R-2',2,NULL);
INSERT INTO "deliveries" VALUES(3,'plain','asked by alice',NULL,1795230000000,1,NULL,'started','R-3',3,NULL);
INSERT INTO "deliveries" VALUES(4,'gated','asked by alice',NULL,1795230000000,1,NULL,'started','R-4',4,NULL);
CREATE TABLE events (
    run bigint not null,
    seq integer not null,
    at bigint not null,
    type text not null,
    salt text,
    json text,
    primary key (run, seq)
);
INSERT INTO "events" VALUES(1,1,1795230000000,'RunStarted','85882c12eae724cef0c62e118427f594','{"type":"RunStarted","start":{"run":{"number":1},"sop":"gated","version":"0.1.0","snapshot":"0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"deadline":null,"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(1,2,1795230000000,'StepEntered','8aefa5c428c43c93a69a323a734632da','{"type":"StepEntered","step":{"step":1,"visit":1},"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(1,3,1795230000000,'GateRequested','e3b40aa98428525a8b2882ce1db70511','{"type":"GateRequested","step":{"step":1,"visit":1},"revision":1,"why":"","at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(1,4,1795230000000,'GateOpened','aa21a207cc6f5c6960d8a8cf13559d22','{"type":"GateOpened","gate":{"at":{"step":1,"visit":1},"revision":1,"policy":{"quorums":[{"policy":"operator","persons":["alice"],"needed":1}],"excludeInitiator":false,"assurance":"CLICK","ttl":"PT24H","remind":["PT15M","PT1H","PT4H"],"escalateTo":null},"digest":"6264d57665d566145e54895f804aaaf5d53c1ec93237b6b025f68779d4aea62e","code":"famyy","openedAt":"2026-11-21T03:00:00Z","deadline":"2026-11-22T03:00:00Z","reminded":0,"votes":[]},"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(2,1,1795230000000,'RunStarted','3ccc06f2a7df67dd9e8c192748ac3fb6','{"type":"RunStarted","start":{"run":{"number":2},"sop":"timed","version":"0.1.0","snapshot":"f585d7d8e00765b75aaef2805d33c3cfea89edb59691d49844e5ea661db0d9de","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"deadline":"2026-11-21T03:01:00Z","at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(2,2,1795230000000,'StepEntered','73dd07e9b6d79c93cd0cc8ffd2b6950a','{"type":"StepEntered","step":{"step":1,"visit":1},"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(2,3,1795230000000,'PersonAsked','1af53c8af64e682315413efaf232ac7a','{"type":"PersonAsked","step":{"step":1,"visit":1},"attempt":1,"deadline":null,"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(3,1,1795230000000,'RunStarted','9d618f286743e48a1513918c51d5a576','{"type":"RunStarted","start":{"run":{"number":3},"sop":"plain","version":"0.1.0","snapshot":"3b5394fff24f39734005448c3516ed6c72ad482c3699633359049e2fa7581cc0","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"deadline":null,"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(3,2,1795230000000,'StepEntered','009ff217f2ff64cff30782718cdbe767','{"type":"StepEntered","step":{"step":1,"visit":1},"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(3,3,1795230000000,'PersonAsked','1251b169875cfa12b3e75749f2c21eed','{"type":"PersonAsked","step":{"step":1,"visit":1},"attempt":1,"deadline":null,"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(4,1,1795230000000,'RunStarted','e12c532b855c02bbcc05ca7c8c27111c','{"type":"RunStarted","start":{"run":{"number":4},"sop":"gated","version":"0.1.0","snapshot":"0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"deadline":null,"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(4,2,1795230000000,'StepEntered','708573f15fcfdc1df8fefee35d0f1352','{"type":"StepEntered","step":{"step":1,"visit":1},"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(4,3,1795230000000,'GateRequested','a76f27897bd7a58c4b005992ea254c60','{"type":"GateRequested","step":{"step":1,"visit":1},"revision":1,"why":"","at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(4,4,1795230000000,'GateOpened','8ab10d415d7bd75b87ebd6b0fcab2723','{"type":"GateOpened","gate":{"at":{"step":1,"visit":1},"revision":1,"policy":{"quorums":[{"policy":"operator","persons":["alice"],"needed":1}],"excludeInitiator":false,"assurance":"CLICK","ttl":"PT24H","remind":["PT15M","PT1H","PT4H"],"escalateTo":null},"digest":"6264d57665d566145e54895f804aaaf5d53c1ec93237b6b025f68779d4aea62e","code":"gppq2","openedAt":"2026-11-21T03:00:00Z","deadline":"2026-11-22T03:00:00Z","reminded":0,"votes":[]},"at":"2026-11-21T03:00:00Z"}');
INSERT INTO "events" VALUES(4,5,1795230000000,'RunFinished','adf011f604a51019adec7255a31f6d6c','{"type":"RunFinished","outcome":"CANCELLED","reason":"cancelled by alice","at":"2026-11-21T03:00:00Z"}');
CREATE TABLE gates (
    run bigint not null,
    step integer not null,
    visit integer not null,
    revision integer not null,
    code text not null,
    digest text not null,
    opened_at bigint not null,
    deadline bigint,
    closed_at bigint,
    detail text not null,
    primary key (run, step, visit, revision)
);
INSERT INTO "gates" VALUES(1,1,1,1,'famyy','6264d57665d566145e54895f804aaaf5d53c1ec93237b6b025f68779d4aea62e',1795230000000,1795316400000,NULL,'{"count":"0 of 1"}');
INSERT INTO "gates" VALUES(4,1,1,1,'gppq2','6264d57665d566145e54895f804aaaf5d53c1ec93237b6b025f68779d4aea62e',1795230000000,1795316400000,1795230000000,'{"count":"0 of 1"}');
CREATE TABLE inbox (
    connector text not null,
    event_id text not null,
    at bigint not null,
    primary key (connector, event_id)
);
CREATE TABLE meta (
    name text primary key,
    value text not null
);
INSERT INTO "meta" VALUES('epoch','4c9326bb9805fa8f');
CREATE TABLE migrations (number integer primary key, name text not null, checksum text not null);
INSERT INTO "migrations" VALUES(1,'001-tables.sql','7c39128f45022282bcf0f51674df6cebe340454be560cfe79559abee1996ff6c');
INSERT INTO "migrations" VALUES(2,'002-lines.sql','3f6cb614787090f9a967f95e4bacac559aeadb189c19c36aba0ce9cd0b1aa0ba');
INSERT INTO "migrations" VALUES(3,'003-messages.sql','cd1ab5ac8387d44f9df7ed601a4264f18403bd329a8e17098804c340e2717023');
CREATE TABLE positions (
    connector text primary key,
    position text not null,
    at bigint not null
);
CREATE TABLE posts (
    connector text not null,
    post_key text not null,
    room text not null,
    message_id text,
    shown text,
    closed integer not null,
    text text,
    expires_at bigint,
    at bigint not null,
    primary key (connector, post_key)
);
CREATE TABLE requests (
    delivery integer primary key,
    received_at bigint not null,
    json text not null
);
INSERT INTO "requests" VALUES(1,1795230000000,'{"inputs":{},"sealed":{},"payload":"","cause":"asked by alice","initiators":["alice"],"byPerson":true,"again":null}');
INSERT INTO "requests" VALUES(2,1795230000000,'{"inputs":{},"sealed":{},"payload":"","cause":"asked by alice","initiators":["alice"],"byPerson":true,"again":null}');
INSERT INTO "requests" VALUES(3,1795230000000,'{"inputs":{},"sealed":{},"payload":"","cause":"asked by alice","initiators":["alice"],"byPerson":true,"again":null}');
INSERT INTO "requests" VALUES(4,1795230000000,'{"inputs":{},"sealed":{},"payload":"","cause":"asked by alice","initiators":["alice"],"byPerson":true,"again":null}');
CREATE TABLE runs (
    number integer primary key,
    sop text not null,
    digest text not null,
    lock text,
    phase text not null,
    outcome text,
    priority integer not null,
    state text not null,
    version bigint not null,
    started_at bigint not null,
    ended_at bigint
);
INSERT INTO "runs" VALUES(1,'gated','0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627',NULL,'parked',NULL,1,'{"type":"Active","progress":{"start":{"run":{"number":1},"sop":"gated","version":"0.1.0","snapshot":"0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"startedAt":"2026-11-21T03:00:00Z","deadline":null,"visits":{"1":1},"results":{},"attempt":0,"begun":true,"initiators":["alice"]},"phase":{"type":"AtGate","gate":{"at":{"step":1,"visit":1},"revision":1,"policy":{"quorums":[{"policy":"operator","persons":["alice"],"needed":1}],"excludeInitiator":false,"assurance":"CLICK","ttl":"PT24H","remind":["PT15M","PT1H","PT4H"],"escalateTo":null},"digest":"6264d57665d566145e54895f804aaaf5d53c1ec93237b6b025f68779d4aea62e","code":"famyy","openedAt":"2026-11-21T03:00:00Z","deadline":"2026-11-22T03:00:00Z","reminded":0,"votes":[]}}}',4,1795230000000,NULL);
INSERT INTO "runs" VALUES(2,'timed','f585d7d8e00765b75aaef2805d33c3cfea89edb59691d49844e5ea661db0d9de',NULL,'parked',NULL,1,'{"type":"Active","progress":{"start":{"run":{"number":2},"sop":"timed","version":"0.1.0","snapshot":"f585d7d8e00765b75aaef2805d33c3cfea89edb59691d49844e5ea661db0d9de","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"startedAt":"2026-11-21T03:00:00Z","deadline":"2026-11-21T03:01:00Z","visits":{"1":1},"results":{},"attempt":1,"begun":true,"initiators":["alice"]},"phase":{"type":"AtPerson","step":{"step":1,"visit":1},"attempt":1,"deadline":null}}',3,1795230000000,NULL);
INSERT INTO "runs" VALUES(3,'plain','3b5394fff24f39734005448c3516ed6c72ad482c3699633359049e2fa7581cc0',NULL,'parked',NULL,1,'{"type":"Active","progress":{"start":{"run":{"number":3},"sop":"plain","version":"0.1.0","snapshot":"3b5394fff24f39734005448c3516ed6c72ad482c3699633359049e2fa7581cc0","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"startedAt":"2026-11-21T03:00:00Z","deadline":null,"visits":{"1":1},"results":{},"attempt":1,"begun":true,"initiators":["alice"]},"phase":{"type":"AtPerson","step":{"step":1,"visit":1},"attempt":1,"deadline":null}}',3,1795230000000,NULL);
INSERT INTO "runs" VALUES(4,'gated','0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627',NULL,'ended','cancelled',1,'{"type":"Finished","progress":{"start":{"run":{"number":4},"sop":"gated","version":"0.1.0","snapshot":"0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627","priority":"NORMAL","mode":"AUTO","inputs":{},"secretInputs":[],"payload":"","cause":"asked by alice","initiators":["alice"],"lock":null,"rerun":null},"startedAt":"2026-11-21T03:00:00Z","deadline":null,"visits":{"1":1},"results":{},"attempt":0,"begun":true,"initiators":["alice"]},"outcome":"CANCELLED","reason":"cancelled by alice","at":"2026-11-21T03:00:00Z"}',5,1795230000000,1795230000000);
CREATE TABLE secrets (
    run bigint not null,
    name text not null,
    value bytea not null,
    primary key (run, name)
);
CREATE TABLE settings (
    name text primary key,
    value text not null
);
CREATE TABLE snapshots (
    digest text primary key,
    files bytea not null
);
INSERT INTO "snapshots" VALUES('0e28d54a455ebaa048e3d3704dde38345dbe618acd963827807f013dd2ac6627',X'0000000000000006534F502E6D640000000000000000502320540A0A23232053746570730A0A312E202A2A4C6F6F6B2A2A20E280942061742069742E0A2020202D206B696E643A20636865636B706F696E740A322E202A2A476F2A2A20E2809420686F6D652E0A0000000000000008534F502E746F6D6C0000000000000000E15B736F705D0A6E616D65203D20226761746564220A6465736372697074696F6E203D202264220A657865637574696F6E5F6D6F6465203D20226175746F220A0A0A5B5B74726967676572735D5D0A74797065203D20226D616E75616C220A0A5B5B74726967676572735D5D0A74797065203D2022776562686F6F6B220A70617468203D20222F736F702F6761746564220A636F6E646974696F6E203D2022242E656E76203D3D2070726F64220A61757468203D2022626561726572220A7365637265745F656E76203D2022534F50574954485F574542484F4F4B5F54455354220A');
INSERT INTO "snapshots" VALUES('f585d7d8e00765b75aaef2805d33c3cfea89edb59691d49844e5ea661db0d9de',X'0000000000000006534F502E6D640000000000000000262320540A0A23232053746570730A0A312E202A2A4C6F6F6B2A2A20E280942061742069742E0A0000000000000008534F502E746F6D6C0000000000000000F25B736F705D0A6E616D65203D202274696D6564220A6465736372697074696F6E203D202264220A657865637574696F6E5F6D6F6465203D20226175746F220A74696D656F75745F73656373203D2036300A0A5B5B74726967676572735D5D0A74797065203D20226D616E75616C220A0A5B5B74726967676572735D5D0A74797065203D2022776562686F6F6B220A70617468203D20222F736F702F74696D6564220A636F6E646974696F6E203D2022242E656E76203D3D2070726F64220A61757468203D2022626561726572220A7365637265745F656E76203D2022534F50574954485F574542484F4F4B5F54455354220A');
INSERT INTO "snapshots" VALUES('3b5394fff24f39734005448c3516ed6c72ad482c3699633359049e2fa7581cc0',X'0000000000000006534F502E6D640000000000000000262320540A0A23232053746570730A0A312E202A2A4C6F6F6B2A2A20E280942061742069742E0A0000000000000008534F502E746F6D6C0000000000000000E15B736F705D0A6E616D65203D2022706C61696E220A6465736372697074696F6E203D202264220A657865637574696F6E5F6D6F6465203D20226175746F220A0A0A5B5B74726967676572735D5D0A74797065203D20226D616E75616C220A0A5B5B74726967676572735D5D0A74797065203D2022776562686F6F6B220A70617468203D20222F736F702F706C61696E220A636F6E646974696F6E203D2022242E656E76203D3D2070726F64220A61757468203D2022626561726572220A7365637265745F656E76203D2022534F50574954485F574542484F4F4B5F54455354220A');
CREATE TABLE votes (
    run bigint not null,
    step integer not null,
    visit integer not null,
    revision integer not null,
    person text not null,
    vote text not null,
    at bigint not null,
    detail text not null,
    primary key (run, step, visit, revision, person)
);
CREATE INDEX runs_by_sop on runs (sop, number);
CREATE INDEX runs_by_end on runs (sop, outcome, ended_at) where outcome is not null;
CREATE INDEX runs_by_lock on runs (lock) where phase <> 'ended' and lock is not null;
CREATE INDEX events_by_age on events (at) where json is not null;
CREATE INDEX audit_by_run on audit (run, position) where run is not null;
CREATE INDEX deliveries_by_sop on deliveries (sop, id);
CREATE INDEX deliveries_by_key on deliveries (dedupe_key, received_at) where dedupe_key is not null;
CREATE INDEX deliveries_waiting on deliveries (priority desc, id) where outcome is null;
CREATE INDEX deliveries_counted on deliveries (counted_for, id) where counted_for is not null;
CREATE INDEX requests_by_age on requests (received_at);
CREATE UNIQUE INDEX gates_by_open_code on gates (code) where closed_at is null;
CREATE INDEX posts_open on posts (connector, post_key) where closed = 0;
CREATE INDEX posts_by_age on posts (at) where closed = 1;
CREATE INDEX inbox_by_age on inbox (at);
CREATE INDEX deliveries_lines on deliveries (sop, coalesce(lock, ''), priority desc, id) where outcome is null;
CREATE INDEX runs_active on runs (phase, sop, priority desc, number) where phase <> 'ended';
CREATE INDEX posts_by_message on posts (connector, message_id) where message_id is not null;
