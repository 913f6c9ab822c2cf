using Lakehouse.Formats;

namespace Lakehouse.Storage;

/// <summary>The store has no room left for a write; nothing of it was kept.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : LakehouseException(LakehouseErrorKind.Unavailable, message, inner);
