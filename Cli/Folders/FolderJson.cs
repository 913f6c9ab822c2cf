using System.Text.Json.Serialization;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Cli.Folders;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TableDescription))]
[JsonSerializable(typeof(TableCommitEntry))]
[JsonSerializable(typeof(TableFault))]
internal sealed partial class FolderJson : JsonSerializerContext;
