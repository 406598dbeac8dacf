import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  type Model,
  type ModelStatic,
  type Sequelize,
} from "sequelize";

interface Row<T extends Model> extends Model<InferAttributes<T>, InferCreationAttributes<T>> {
  id: CreationOptional<number>;
}

export interface ConcertModel extends Row<ConcertModel> {
  title: string;
  singer: string;
  queueId: string;
}

export interface PerformanceModel extends Row<PerformanceModel> {
  concertId: number;
  startsAt: Date;
  venue: string;
}

export interface SeatModel extends Row<SeatModel> {
  performanceId: number;
  seatNo: string;
  section: string;
  price: number;
}

/**
 * Models write the catalog; the contested tables are reached only by statements of their stores.
 */
export interface CatalogModels {
  readonly concerts: ModelStatic<ConcertModel>;
  readonly performances: ModelStatic<PerformanceModel>;
  readonly seats: ModelStatic<SeatModel>;
}

// Made anew for each column, because Sequelize writes the column's name into what it is given.
const id = () => ({ type: DataTypes.BIGINT.UNSIGNED, primaryKey: true, autoIncrement: true });
const owner = () => ({ type: DataTypes.BIGINT.UNSIGNED, allowNull: false });
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });

export function defineCatalogModels(sequelize: Sequelize): CatalogModels {
  const options = { timestamps: false, underscored: true } as const;
  return {
    concerts: sequelize.define<ConcertModel>(
      "concert",
      { id: id(), title: text(200), singer: text(200), queueId: text(64) },
      { ...options, tableName: "concerts" },
    ),
    performances: sequelize.define<PerformanceModel>(
      "performance",
      {
        id: id(),
        concertId: owner(),
        startsAt: { type: DataTypes.DATE(6), allowNull: false },
        venue: text(200),
      },
      { ...options, tableName: "performances" },
    ),
    seats: sequelize.define<SeatModel>(
      "seat",
      {
        id: id(),
        performanceId: owner(),
        seatNo: text(32),
        section: text(64),
        price: { type: DataTypes.BIGINT, allowNull: false },
      },
      { ...options, tableName: "seats" },
    ),
  };
}
