//! Files that are right, and what makes them wrong.

/// A table, with all that a table can have.
pub(crate) const TABLE: &str = "\
pipeline: ACME contacts
source:
  connector: salesforce
  baseConnection: ${BASE}
  table: Contact
target:
  profile:
    fieldGroups: [demographic-details, personal-contact-details]
    primaryIdentity: { path: personalEmail.address, namespace: Email }
  enableForProfile: true
map:
  Id: _id
  Email: personalEmail.address
deltaColumn: LastModifiedDate
schedule: { every: 15 minutes, backfill: true }
";
/// Files, through a base connection that the pipeline makes.
pub(crate) const FILES: &str = "\
pipeline: ACME exports
source:
  connector: amazon-s3
  folder: /exports
  baseConnection:
    name: ACME S3
    signIn: Access Key
    params:
      s3AccessKey: ACMEKEY
      s3SecretKey: ${SECRET}
target:
  newSchema: { class: individual-profile, fieldGroups: [] }
map:
- { column: Id, to: _id }
- { expression: lower(Email), to: personalEmail.address }
";
/// A stream, as JSON.
pub(crate) const STREAM: &str = "\
{
  \"pipeline\": \"ACME orders\",
  \"source\": {
    \"connector\": \"amazon-kinesis\",
    \"baseConnection\": \"b-1\",
    \"messages\": \"raw\",
    \"params\": { \"stream\": \"orders\" }
  },
  \"target\": { \"schema\": \"s-1\" },
  \"map\": { \"id\": \"_id\" }
}
";

/// What is replaced in one of them, by what, and what is told.
pub(crate) type Row = (&'static str, &'static str, &'static str, &'static str);

/// What makes them wrong.
pub(crate) const ROWS: &[Row] = &[
    (
        TABLE,
        "table: Contact",
        "tabel: Contact",
        "5:3: source.tabel: there is no member \"tabel\" here (did you mean \"table\"?)",
    ),
    (TABLE, "table: Contact", "table: [Contact]", "5:10: source.table: a text should be here"),
    (TABLE, "table: Contact", "table: { name: Contact }", "5:10: source.table: a text should be here"),
    (TABLE, "table: Contact", "table:", "3:3: source: Salesforce needs table: NAME"),
    (TABLE, "table: Contact", "table: \"\"", "3:3: source: the table of Salesforce has no name"),
    (TABLE, "  table: Contact\n", "", "3:3: source: Salesforce needs table: NAME"),
    (
        TABLE,
        "table: Contact",
        "folder: /exports",
        "3:3: source: Salesforce needs table: NAME; f.yaml:5:11: folder: Salesforce takes no such member, but table, columns",
    ),
    (
        TABLE,
        "table: Contact",
        "table: Contact\n  delimiter: \";\"",
        "6:14: delimiter: Salesforce takes no such member, but table, columns",
    ),
    (
        TABLE,
        "table: Contact",
        "table: Contact\n  messages: raw",
        "6:13: messages: Salesforce takes no such member, but table, columns",
    ),
    (
        TABLE,
        "table: Contact",
        "table: Contact\n  params: { path: x }",
        "6:11: params: Salesforce takes no such member, but table, columns",
    ),
    (TABLE, "table: Contact", "table: Contact\n  columns: Id", "6:12: source.columns: a list should be here"),
    (TABLE, "table: Contact", "table: Contact\n  columns: { Id: Id }", "6:12: source.columns: a list should be here"),
    (TABLE, "table: Contact", "table: Contact\n  table: Account", "6:3: source: the member \"table\" is there twice"),
    (
        TABLE,
        "pipeline: ACME",
        "pipline: ACME",
        "1:1: pipline: there is no member \"pipline\" here (did you mean \"pipeline\"?)",
    ),
    (TABLE, "pipeline: ACME contacts\n", "", "1:1: the member \"pipeline\" is missing"),
    (
        TABLE,
        "pipeline: ACME contacts",
        "pipeline: \" \"",
        "1:11: name: a pipeline needs one; f.yaml:8:5: target: the schema has no title",
    ),
    (TABLE, "pipeline: ACME contacts", "pipeline: [ACME]", "1:11: pipeline: a text should be here"),
    (
        TABLE,
        "connector: salesforce",
        "connector: salesfroce",
        "3:14: connector: no connector is called \"salesfroce\" (did you mean \"salesforce\"?); for another one give the id of its specification and kind",
    ),
    (
        TABLE,
        "connector: salesforce",
        "connector: 0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f",
        "3:14: connector: no connector is called \"0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f\"; for another one give the id of its specification and kind",
    ),
    (
        TABLE,
        "connector: salesforce",
        "connector: 0a4b7d1e\n  kind: tables",
        "4:9: source.kind: \"tables\" is none of table, file, streaming, rest, webhook (did you mean \"table\"?)",
    ),
    (
        TABLE,
        "connector: salesforce",
        "connector: amazon-s3",
        "3:3: source: Amazon S3 needs one of file: PATH, folder: PATH or files: PATTERN; f.yaml:5:10: table: Amazon S3 takes no such member, but file, folder, files, recursive, format, delimiter, encoding, compression, sample, adHocSchema",
    ),
    (
        TABLE,
        "connector: salesforce",
        "connector: pendo",
        "5:10: table: Pendo takes no such member; f.yaml:14:14: delta column: messages that are posted has no column that tells when rows changed, here LastModifiedDate; f.yaml:15:20: schedule: data of a stream is read as it comes, here every 15 minutes, backfill",
    ),
    (
        TABLE,
        "connector: salesforce",
        "connector: mailchimp",
        "3:3: source: Mailchimp needs params: {NAME: VALUE}; f.yaml:5:10: table: Mailchimp takes no such member, but params; f.yaml:14:14: delta column: answers has no column that tells when rows changed, here LastModifiedDate",
    ),
    (TABLE, "  connector: salesforce\n", "", "4:3: source: the member \"connector\" is missing"),
    (
        TABLE,
        "  baseConnection: ${BASE}\n",
        "",
        "3:3: source: Salesforce table Contact has no base connection; give baseConnection: ID",
    ),
    (TABLE, "${BASE}", "${BSAE}", "4:19: baseConnection: the variable BSAE is not set (did you mean \"BASE\"?)"),
    (TABLE, "${BASE}", "${BASE", "4:19: baseConnection: ${ has no } after it; $${ stands for a plain ${"),
    (
        TABLE,
        "${BASE}",
        "${My Base}",
        "4:19: baseConnection: \"My Base\" is no name of a variable; $${ stands for a plain ${",
    ),
    (
        TABLE,
        "${BASE}",
        "${file:/etc/hostname}",
        "4:19: baseConnection: ${file:/etc/hostname}: only the params of a sign-in come from files",
    ),
    (TABLE, "${BASE}", "[b-1]", "4:3: source.baseConnection: a sequence is here, where a text or a map should be"),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME }",
        "4:19: params: a sign-in to Salesforce needs username, password, securityToken",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME, params: { username: a, password: b } }",
        "4:41: params: a sign-in to Salesforce needs securityToken",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME, params: { username: a, password: b, securityTokn: c, securityToken: d } }",
        "4:83: securityTokn: a sign-in to Salesforce has no such param (did you mean \"securityToken\"?)",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: \"\", params: { username: a, password: b, securityToken: c } }",
        "4:19: base connection: it has no name",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME, params: { username: a, password: \"\", securityToken: c } }",
        "4:66: password: it is empty",
    ),
    (
        TABLE,
        "${BASE}",
        "{ params: { username: a, password: b, securityToken: c } }",
        "4:21: source.baseConnection: the member \"name\" is missing",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME, params: hunter2 }",
        "4:41: source.baseConnection.params: members in a map should be here",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME, parms: { password: hunter2 } }",
        "4:33: source.baseConnection.parms: there is no member \"parms\" here (did you mean \"params\"?)",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ACME, signIn: Basic, params: {} }",
        "4:41: signIn: Salesforce has no sign-in \"Basic\"; it has Basic Authentication",
    ),
    (
        TABLE,
        "${BASE}",
        "{ name: ${BASE}, params: {} }",
        "4:28: source.baseConnection: this is neither YAML nor JSON: while parsing a flow mapping, did not find expected ',' or '}'; inside of braces, texts with ${…} stand in quotes",
    ),
    (
        TABLE,
        "map:\n  Id: _id\n  Email: personalEmail.address\n",
        "",
        "1:1: map: no column is mapped; give map: {COLUMN: path}; f.yaml:1:1: map: nothing is mapped to the primary identity \"personalEmail.address\"",
    ),
    (
        TABLE,
        "map:\n  Id: _id\n  Email: personalEmail.address",
        "map:",
        "1:1: map: no column is mapped; give map: {COLUMN: path}; f.yaml:1:1: map: nothing is mapped to the primary identity \"personalEmail.address\"",
    ),
    (
        TABLE,
        "map:\n  Id: _id\n  Email: personalEmail.address",
        "map: hunter2",
        "11:1: map: a string is here, where a map of columns and paths, or a list should be",
    ),
    (
        TABLE,
        "Id: _id",
        "Id: person/name",
        "12:3: map: the path \"person/name\" has slashes; levels are separated by dots",
    ),
    (
        TABLE,
        "Id: _id",
        "Id: xdm:_id",
        "12:3: map: the path \"xdm:_id\" has the prefix \"xdm:\", which fields do not carry",
    ),
    (TABLE, "Id: _id", "Id: person..name", "12:3: map: the path \"person..name\" has a level without a name"),
    (
        TABLE,
        "Id: _id",
        "Id: a[x]",
        "12:3: map: the path \"a[x]\" has an index that is neither a number nor * in square brackets",
    ),
    (
        TABLE,
        "Id: _id",
        "Id: personalEmail.address",
        "13:3: map: \"personalEmail.address\" is filled twice, by Id and by Email",
    ),
    (TABLE, "Id: _id", "Email: _id", "13:3: map: the member \"Email\" is there twice"),
    (TABLE, "Id: _id", "Id: [_id]", "12:7: map: a text should be here"),
    (TABLE, "Id: _id", "Id:", "12:5: map: a text should be here"),
    (TABLE, "Id: _id", "\"\": _id", "12:3: map: the column for \"_id\" has no name"),
    (
        TABLE,
        "Email: personalEmail.address\nd",
        "Email: workEmail.address\nd",
        "12:3: map: nothing is mapped to the primary identity \"personalEmail.address\"",
    ),
    (
        FILES,
        "column: Id, ",
        "colum: Id, ",
        "14:5: map.0.colum: there is no member \"colum\" here (did you mean \"column\"?)",
    ),
    (FILES, "column: Id, ", "", "14:3: map: one of column, expression or constant is needed"),
    (FILES, "column: Id, ", "column: Id, constant: x, ", "14:3: map: one of column, expression or constant is needed"),
    (FILES, ", to: _id", "", "14:5: map.0: the member \"to\" is missing"),
    (FILES, "lower(Email)", "\"\"", "15:3: map: an expression is empty"),
    (
        FILES,
        "to: _id",
        "to: personalEmail.address",
        "15:3: map: \"personalEmail.address\" is filled twice, by Id and by lower(Email)",
    ),
    (
        FILES,
        "connector: amazon-s3",
        "connector: sftp",
        "7:13: signIn: SFTP has no sign-in \"Access Key\"; it has Basic Authentication for sftp, SSH PublicKey Authentication for sftp",
    ),
    (
        FILES,
        "signIn: Access Key",
        "signIn: Acces Key",
        "7:13: signIn: Amazon S3 has no sign-in \"Acces Key\" (did you mean \"Access Key\"?)",
    ),
    (FILES, "${SECRET}", "${SECRT}", "10:20: s3SecretKey: the variable SECRT is not set (did you mean \"SECRET\"?)"),
    (FILES, "      s3AccessKey: ACMEKEY\n", "", "9:7: params: a sign-in to Amazon S3 needs s3AccessKey"),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  file: /a.csv",
        "3:3: source: Amazon S3 needs one of file: PATH, folder: PATH or files: PATTERN",
    ),
    (
        FILES,
        "  folder: /exports\n",
        "",
        "3:3: source: Amazon S3 needs one of file: PATH, folder: PATH or files: PATTERN",
    ),
    (
        FILES,
        "folder: /exports",
        "file: /exports/*.csv",
        "3:3: source: the path /exports/*.csv of one file has a *; give files: PATTERN",
    ),
    (
        FILES,
        "folder: /exports",
        "file: /a.csv\n  recursive: true",
        "3:3: source: /a.csv is one file; only folders are read with those inside",
    ),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  recursive: often",
        "5:14: source.recursive: what is here is no boolean",
    ),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  format: excel",
        "3:3: source: the format \"excel\" of files is none of delimited, json, parquet",
    ),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  delimiter: \";;\"",
        "3:3: source: the delimiter \";;\" is not one character",
    ),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  format: json\n  delimiter: \";\"",
        "3:3: source: files of the format \"json\" have no delimiter, here \";\"",
    ),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  encoding: UTF-9",
        "3:3: source: the encoding \"UTF-9\" is none of UTF-8, ISO-8859-1",
    ),
    (
        FILES,
        "folder: /exports",
        "folder: /exports\n  compression: rar",
        "3:3: source: the compression \"rar\" is none of bzip2, gzip, deflate, zipDeflate, tarGzip, tar",
    ),
    (FILES, "class: individual-profile, ", "", "12:14: newSchema: it needs class: NAME"),
    (
        FILES,
        "individual-profile",
        "individual-profil",
        "12:23: class: \"individual-profil\" is no short name that is known here, and no id (did you mean \"individual-profile\"?)",
    ),
    (
        FILES,
        "newSchema: { class",
        "profile: { class",
        "12:21: class: profile has its class; newSchema takes another one",
    ),
    (
        FILES,
        "newSchema: {",
        "schema: s-1\n  profile: {",
        "12:3: target: one of profile, experienceEvent, newSchema, schema or schemaTitled is needed",
    ),
    (
        FILES,
        "newSchema:",
        "newScheme:",
        "12:3: target.newScheme: there is no member \"newScheme\" here (did you mean \"newSchema\"?)",
    ),
    (
        FILES,
        "fieldGroups: []",
        "fieldGroups: [demographic-details, demographic-details]",
        "12:78: target: https://ns.adobe.com/xdm/context/profile-person-details is named twice",
    ),
    (
        TABLE,
        "demographic-details",
        "demographic-detail",
        "8:19: fieldGroups: \"demographic-detail\" is no short name that is known here, and no id (did you mean \"demographic-details\"?)",
    ),
    (
        TABLE,
        "fieldGroups: [demographic-details, personal-contact-details]",
        "fieldGroups: demographic-details",
        "8:18: target.profile.fieldGroups: a list should be here",
    ),
    (TABLE, "namespace: Email", "namespace: \"\"", "9:22: target: the identity personalEmail.address has no namespace"),
    (TABLE, ", namespace: Email", "", "9:24: target.profile.primaryIdentity: the member \"namespace\" is missing"),
    (
        TABLE,
        "path: personalEmail.address",
        "path: personalEmail/address",
        "9:22: target: the path \"personalEmail/address\" has slashes; levels are separated by dots; f.yaml:12:3: map: nothing is mapped to the primary identity \"personalEmail/address\"",
    ),
    (
        TABLE,
        "    primaryIdentity: { path: personalEmail.address, namespace: Email }\n",
        "",
        "9:21: target: Profile needs a primary identity; give primaryIdentity: {path, namespace}",
    ),
    (
        TABLE,
        "  enableForProfile: true",
        "  enableForProfile: true\n  primaryIdentity: { path: a, namespace: B }",
        "11:20: primaryIdentity: the schema names one already; leave one out; f.yaml:13:3: map: nothing is mapped to the primary identity \"a\"",
    ),
    (
        TABLE,
        "enableForProfile: true",
        "enableForProfile: definitely",
        "10:21: target.enableForProfile: what is here is no boolean",
    ),
    (
        TABLE,
        "enableForProfile: true",
        "dataset: d-1",
        "10:12: target: dataset d-1 exists and has its schema; give schema: ID instead of a new one",
    ),
    (
        TABLE,
        "enableForProfile: true",
        "dataset: d-1\n  datasetName: D",
        "11:16: datasetName: it is for a new dataset, and dataset names an existing one",
    ),
    (TABLE, "deltaColumn: LastModifiedDate", "deltaColumn: \"\"", "14:14: delta column: it has no name"),
    (
        TABLE,
        "deltaColumn: LastModifiedDate",
        "deltaColumn: { nam: LastModifiedDate }",
        "14:16: deltaColumn.nam: there is no member \"nam\" here (did you mean \"name\"?)",
    ),
    (
        TABLE,
        "deltaColumn: LastModifiedDate",
        "deltacolumn: LastModifiedDate",
        "14:1: deltacolumn: there is no member \"deltacolumn\" here (did you mean \"deltaColumn\"?)",
    ),
    (
        FILES,
        "map:",
        "deltaColumn: changed\nmap:",
        "13:14: delta column: folder /exports has no column that tells when rows changed, here changed",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: 5 minutes",
        "15:20: schedule: every 5 minutes is below the platform's minimum of 15 for frequency \"minute\"",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: 0 days",
        "15:20: schedule: every 0 days is below the platform's minimum of 1 for frequency \"day\"",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: 15 minuets",
        "15:20: every: \"minuets\" in \"15 minuets\" is none of minute, hour, day, week (did you mean \"minute\"?)",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: fifteen minutes",
        "15:20: every: \"fifteen\" in \"fifteen minutes\" is no whole number",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: now and then",
        "15:20: every: \"now and then\" is no rhythm such as 15 minutes, hour or 2 days",
    ),
    (TABLE, "every: 15 minutes, ", "", "15:11: schedule: frequency \"once\" takes no backfill"),
    (
        TABLE,
        "every: 15 minutes",
        "evry: 15 minutes",
        "15:13: schedule.evry: there is no member \"evry\" here (did you mean \"every\"?)",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: 15 minutes, start: soon",
        "15:39: start: \"soon\" is no time such as 2026-12-01T06:00:00Z, and no number of seconds since 1970",
    ),
    (
        TABLE,
        "every: 15 minutes",
        "every: 15 minutes, start: 1764000000000",
        "15:20: schedule: the start 1764000000000 looks like milliseconds; it counts seconds since 1970",
    ),
    (TABLE, "backfill: true", "backfill: perhaps", "15:42: schedule.backfill: what is here is no boolean"),
    (TABLE, "{ every: 15 minutes, backfill: true }", "hourly", "15:11: schedule: members in a map should be here"),
    (
        TABLE,
        "map:",
        "options: { partialIngestionPercent: 0 }\nmap:",
        "11:10: options: partial ingestion of 0 percent is not above 0 and at most 100",
    ),
    (
        TABLE,
        "map:",
        "options: { partialIngestionPercent: many }\nmap:",
        "11:37: options.partialIngestionPercent: what is here is no floating point",
    ),
    (
        TABLE,
        "map:",
        "options: { errorDiagnostic: true }\nmap:",
        "11:12: options.errorDiagnostic: there is no member \"errorDiagnostic\" here (did you mean \"errorDiagnostics\"?)",
    ),
    (
        TABLE,
        "map:",
        "journal: j.json\nnoJournal: true\nmap:",
        "12:12: noJournal: journal says where it lies; leave one out",
    ),
    (TABLE, "map:", "keepOnFailure: 1\nmap:", "11:16: keepOnFailure: what is here is no boolean"),
    (STREAM, "\"raw\"", "\"rwa\"", "3:13: source: the data type \"rwa\" is none of xdm, raw"),
    (STREAM, "    \"messages\": \"raw\",\n", "", "3:13: source: Amazon Kinesis needs messages: raw, or xdm"),
    (STREAM, "\"raw\"", "\"xdm\"", "10:10: map: XDM messages have the form of the schema already; nothing is mapped"),
    (
        STREAM,
        "\"stream\"",
        "\"straem\"",
        "7:27: straem: Amazon Kinesis has no such param, or not with such a value (did you mean \"stream\"?)",
    ),
    (
        STREAM,
        "\"map\": {",
        "\"schedule\": { \"every\": \"hour\" }, \"map\": {",
        "10:26: schedule: data of a stream is read as it comes, here every hour",
    ),
    (STREAM, "\"map\": {", "\"options\": {}, \"map\": {", "10:14: options: flows of a stream take none"),
    (STREAM, "\"s-1\"", "\"\"", "9:25: target: the schema has no id"),
    (STREAM, "\"s-1\" },", "\"s-1\" ", "1:1: this is neither YAML nor JSON: unclosed bracket '{'"),
    (TABLE, "map:", "map: &a\n  x: *b\nmap:", "12:6: map: it cannot be read: alias references unknown anchor"),
    (TABLE, "source:", "\tsource:", "1:11: this is neither YAML nor JSON: while scanning a plain scalar, found a tab"),
    (TABLE, "pipeline: ACME contacts", "pipelines: ACME contacts", "1:12: pipelines: a list should be here"),
    (
        TABLE,
        "pipeline: ACME contacts",
        "pipelines: []\npipeline: ACME contacts",
        "2:1: pipeline: there is no member \"pipeline\" here (did you mean \"pipelines\"?)",
    ),
];
